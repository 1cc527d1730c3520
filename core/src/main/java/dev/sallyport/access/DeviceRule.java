package dev.sallyport.access;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a condition in a flow asks of the device, as an administrator configured it in Keycloak's console: by simple fields,
 * or by a document. Keycloak stores such a configuration unchecked, so it is read only when it is needed.
 *
 * @param settings by the names below; a name that is missing was left empty
 */
public record DeviceRule(Map<String, String> settings) {

    /** Says on which side the condition matches. */
    public static final String MATCHES = "matches";

    /** The condition matches when all that is asked for is known to be so. */
    public static final String MET = "met";

    /** The condition matches in every other case. */
    public static final String NOT_MET = "not-met";

    /** The names of facts that must hold. */
    public static final String FACTS = "facts";

    /** How old the posture may be, as an ISO 8601 duration. */
    public static final String MAX_POSTURE_AGE = "maxPostureAge";

    /** All of it instead, as {@code controls.device} of an access policy. */
    public static final String DOCUMENT = "document";

    /** How Keycloak keeps several values in one. */
    private static final String SEPARATOR = "##";

    private static final String NOT_JAILBROKEN = "notJailbroken";

    /** What can be asked for by name, and what that asks of the requirement's field. */
    private static final Map<String, Boolean> REQUIRED = required();

    public DeviceRule {
        settings = Map.copyOf(settings);
    }

    /** The names of the facts that can be asked for, in the order in which they are shown. */
    public static List<String> factNames() {
        return List.copyOf(REQUIRED.keySet());
    }

    /**
     * Whether the condition matches when the device meets the requirement, rather than when it does not.
     *
     * @throws DocumentFault if nobody said so; then no answer of the condition would be safe
     */
    public boolean matchesWhenMet() {
        var side = text(MATCHES).orElse("");
        if (!side.equals(MET) && !side.equals(NOT_MET)) {
            throw new DocumentFault(MATCHES, "must be " + MET + " or " + NOT_MET);
        }
        return side.equals(MET);
    }

    /** @throws DocumentFault with the path of the fault */
    public DeviceRequirement requirement() {
        var facts = facts();
        var age = text(MAX_POSTURE_AGE);
        var document = text(DOCUMENT);
        if (document.isPresent()) {
            if (!facts.isEmpty() || age.isPresent()) {
                throw new DocumentFault(DOCUMENT, "cannot be combined with other fields, since it says all itself");
            }
            return read(document.get());
        }
        var tree = JsonNodeFactory.instance.objectNode();
        for (var fact : facts) {
            if (!REQUIRED.containsKey(fact)) throw new DocumentFault(FACTS, "has the unknown name \"" + fact + "\"");
            tree.put(fact.equals(NOT_JAILBROKEN) ? "jailbroken" : fact, REQUIRED.get(fact));
        }
        age.ifPresent(longest -> tree.put(MAX_POSTURE_AGE, longest));
        return Documents.bind(tree, DeviceRequirement.class);
    }

    /** What is wrong with it, with its path; empty when nothing is. */
    public Optional<String> fault() {
        try {
            matchesWhenMet();
            requirement();
            return Optional.empty();
        } catch (DocumentFault fault) {
            return Optional.of(fault.getMessage());
        }
    }

    private static DeviceRequirement read(String document) {
        try {
            return Documents.read(document, DeviceRequirement.class);
        } catch (DocumentFault fault) {
            throw fault.below(DOCUMENT);
        }
    }

    private List<String> facts() {
        return text(FACTS).stream()
                .flatMap(facts -> Arrays.stream(facts.split(SEPARATOR)))
                .toList();
    }

    private Optional<String> text(String name) {
        return Optional.ofNullable(settings.get(name)).filter(text -> !text.isBlank());
    }

    private static Map<String, Boolean> required() {
        var required = new LinkedHashMap<String, Boolean>();
        for (var fact : List.of(
                "proven",
                "managed",
                "compliant",
                "diskEncrypted",
                "firewall",
                "screenLock",
                "secureBoot",
                "antimalware")) {
            required.put(fact, true);
        }
        required.put(NOT_JAILBROKEN, false);
        return required;
    }
}
