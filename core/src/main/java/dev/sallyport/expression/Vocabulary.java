package dev.sallyport.expression;

import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.DYN;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;
import static dev.cel.common.types.SimpleType.TIMESTAMP;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.runtime.CelVariableResolver;
import dev.sallyport.device.FailingCheck;
import dev.sallyport.device.Posture;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.network.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The variables of expressions: what they are called, of which type they are, and where their values come from. */
final class Vocabulary {

    static final String USER = "user";
    static final String ATTRIBUTES = "attributes";
    static final String EMAIL = "email";
    static final String USERNAME = "username";

    private static final CelType STRINGS = ListType.create(STRING);

    private static final Shape<Facts.User> USERS = Shape.<Facts.User>named("sallyport.User")
            .with("id", STRING, Facts.User::id)
            .with(USERNAME, STRING, Facts.User::username)
            .withOptional(EMAIL, STRING, Facts.User::email)
            .with(ATTRIBUTES, MapType.create(STRING, STRINGS), Facts.User::attributes)
            .with("groups", STRINGS, user -> List.copyOf(user.groups()))
            .with("roles", STRINGS, user -> List.copyOf(user.roles()));

    private static final Shape<Facts> CLIENTS = Shape.<Facts>named("sallyport.Client")
            .with("id", STRING, Facts::client)
            .with(ATTRIBUTES, MapType.create(STRING, STRING), Facts::clientAttributes);

    private static final Shape<Owned> DEVICES = Shape.<Owned>named("sallyport.Device")
            .with("id", STRING, owned -> owned.device().device().id())
            .withOptional(
                    "platform",
                    STRING,
                    owned -> owned.device().device().platform().map(platform -> platform.id()))
            .withOptional("owner", STRING, Owned::owner)
            .with("method", STRING, owned -> owned.device().method().id());

    private static final Shape<FailingCheck> CHECKS = Shape.<FailingCheck>named("sallyport.FailingCheck")
            .with("check", STRING, FailingCheck::check)
            .withOptional("remediation", STRING, FailingCheck::remediation);

    static final Shape<Posture> POSTURES = Shape.<Posture>named("sallyport.Posture")
            .with("observedAt", TIMESTAMP, Posture::observedAt)
            .withOptional("source", STRING, Posture::source)
            .withOptional("managed", BOOL, Posture::managed)
            .withOptional("compliant", BOOL, Posture::compliant)
            .withOptional("osVersion", STRING, Posture::osVersion)
            .withOptional("diskEncrypted", BOOL, Posture::diskEncrypted)
            .withOptional("firewall", BOOL, Posture::firewall)
            .withOptional("screenLock", BOOL, Posture::screenLock)
            .withOptional("secureBoot", BOOL, Posture::secureBoot)
            .withOptional("jailbroken", BOOL, Posture::jailbroken)
            .withOptional("antimalware", BOOL, Posture::antimalware)
            .withOptional("criticalVulnerabilities", INT, posture -> posture.criticalVulnerabilities()
                    .map(Integer::longValue))
            .with("failing", ListType.create(CHECKS.type()), posture -> posture.failing().stream()
                    .map(CHECKS::view)
                    .toList())
            .with(ATTRIBUTES, MapType.create(STRING, DYN), posture -> values(posture.attributes()));

    private static final Shape<Facts> REQUESTS = Shape.<Facts>named("sallyport.Request")
            .withOptional("ip", STRING, facts -> facts.place().address().map(Address::toString))
            .with("door", STRING, Facts::door)
            .with("time", TIMESTAMP, Facts::time)
            .withOptional("userAgent", STRING, Facts::userAgent);

    private static final Shape<Facts> SESSIONS = Shape.<Facts>named("sallyport.Session")
            .with("acr", STRING, Facts::acr)
            .withOptional("authenticatedAt", TIMESTAMP, Facts::authenticatedAt)
            .with("networks", STRINGS, facts -> new Memberships(facts.place()))
            .withOptional("country", STRING, facts -> facts.place().country());

    private record Variable(CelType type, Function<Facts, Optional<?>> reader) {}

    private static final Map<String, Variable> VARIABLES = variables();

    private Vocabulary() {}

    private static Map<String, Variable> variables() {
        var variables = new LinkedHashMap<String, Variable>();
        variables.put(USER, new Variable(USERS.type(), facts -> Optional.of(USERS.view(facts.user()))));
        variables.put("client", new Variable(CLIENTS.type(), facts -> Optional.of(CLIENTS.view(facts))));
        variables.put("device", new Variable(DEVICES.type(), facts -> facts.device()
                .map(device -> DEVICES.view(new Owned(device, facts.user())))));
        variables.put("posture", new Variable(POSTURES.type(), facts -> facts.posture()
                .map(POSTURES::view)));
        variables.put("request", new Variable(REQUESTS.type(), facts -> Optional.of(REQUESTS.view(facts))));
        variables.put("session", new Variable(SESSIONS.type(), facts -> Optional.of(SESSIONS.view(facts))));
        variables.put("risk", new Variable(STRING, Facts::risk));
        variables.put("time", new Variable(TIMESTAMP, facts -> Optional.of(facts.time())));
        return variables;
    }

    /** The types of the variables, by their names. */
    static Map<String, CelType> types() {
        var types = new LinkedHashMap<String, CelType>();
        VARIABLES.forEach((name, variable) -> types.put(name, variable.type()));
        return types;
    }

    static CelTypeProvider provider() {
        return new Provider(ImmutableList.of(
                USERS.type(),
                CLIENTS.type(),
                DEVICES.type(),
                CHECKS.type(),
                POSTURES.type(),
                REQUESTS.type(),
                SESSIONS.type()));
    }

    /** Finds the values of variables, each once an evaluation; one that is not found is unknown. */
    static CelVariableResolver resolver(Facts facts) {
        var read = new HashMap<String, Optional<Object>>();
        return name -> {
            var value = read.get(name);
            if (value == null) {
                value = Optional.ofNullable(VARIABLES.get(name))
                        .flatMap(variable -> variable.reader().apply(facts));
                read.put(name, value);
            }
            return value;
        };
    }

    // NB. A source that says null says that it does not know, and what is not known must not be unequal to anything. So
    // a
    // list with a null in it is not known either.
    private static Map<String, Object> values(Map<String, JsonNode> attributes) {
        var values = new HashMap<String, Object>();
        attributes.forEach((name, node) -> value(node).ifPresent(value -> values.put(name, value)));
        return values;
    }

    private static Optional<Object> value(JsonNode node) {
        if (node.isNull()) return Optional.empty();
        if (node.isTextual()) return Optional.of(node.textValue());
        if (node.isBoolean()) return Optional.of(node.booleanValue());
        if (node.isNumber()) {
            return Optional.of(
                    node.isIntegralNumber() && node.canConvertToLong()
                            ? (Object) node.longValue()
                            : (Object) node.doubleValue());
        }
        if (node.isArray()) {
            var list = new ArrayList<Object>();
            for (var item : node) {
                var value = value(item);
                if (value.isEmpty()) return Optional.empty();
                list.add(value.get());
            }
            return Optional.of(list);
        }
        var map = new HashMap<String, JsonNode>();
        node.properties().forEach(field -> map.put(field.getKey(), field.getValue()));
        return Optional.of(values(map));
    }

    /** A device that was recognised for a user. */
    private record Owned(Recognised device, Facts.User user) {

        // NB. By name, as administrators know owners. A device with another owner would not have been recognised.
        Optional<String> owner() {
            return device.device().ownerId().filter(user.id()::equals).map(id -> user.username());
        }
    }

    @Immutable
    private record Provider(ImmutableList<CelType> types) implements CelTypeProvider {

        @Override
        public Optional<CelType> findType(String name) {
            return types.stream().filter(type -> type.name().equals(name)).findFirst();
        }
    }
}
