package dev.sallyport.privilege.realm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.keycloak.component.ComponentModel;

/**
 * Who edited a privilege since somebody else confirmed it, by their ids, as a property of its component. All of them are
 * kept, not the last one alone: otherwise an editor would be forgotten as soon as an account of theirs saved the same again.
 */
final class Editors {

    // NB. No property that the factory declares, so that Keycloak's component API neither shows it nor takes it on an
    // update. On creation it takes it, and the factory overwrites it.
    private static final String PROPERTY = "editors";

    private Editors() {}

    /** The latest one last. */
    static Set<String> of(ComponentModel component) {
        var editors = new LinkedHashSet<String>();
        tree(component).ifPresent(tree -> tree.forEach(id -> editors.add(id.asText())));
        return editors;
    }

    private static Optional<JsonNode> tree(ComponentModel component) {
        var text = component.get(PROPERTY);
        if (text == null) return Optional.empty();
        try {
            return Optional.of(Documents.tree(text));
        } catch (DocumentFault fault) {
            return Optional.empty();
        }
    }

    static void set(ComponentModel component, Set<String> editors) {
        if (editors.isEmpty()) component.getConfig().remove(PROPERTY);
        else component.put(PROPERTY, Documents.write(editors));
    }
}
