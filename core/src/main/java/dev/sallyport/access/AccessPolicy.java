package dev.sallyport.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.DocumentName;
import dev.sallyport.document.Documents;
import java.util.List;
import java.util.Optional;

/**
 * Who must meet what. Semantics as in Microsoft Entra Conditional Access: a policy applies when its assignments match,
 * and conditions match, every policy that applies must be satisfied, and a block beats all.
 *
 * @param tags by which a gate in a flow can ask for some of the policies only
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AccessPolicy(
        String name,
        State state,
        List<String> tags,
        Optional<Assignments> assignments,
        Optional<Conditions> conditions,
        Controls controls)
        implements PolicyDocument {

    public AccessPolicy {
        DocumentName.check(name);
        tags = Principals.names("tags", tags);
        if (state == null) throw new DocumentFault("state", "is required");
        if (controls == null) throw new DocumentFault("controls", "is required");
    }

    /** @throws DocumentFault with the path of the fault */
    public static AccessPolicy read(String json) {
        return Documents.read(json, AccessPolicy.class);
    }

    /** Reads what can be read of a document that someone put into the realm past our checks, or that a later version wrote. */
    public static PolicyDocument readAnyway(String name, String json) {
        try {
            var policy = read(json);
            if (!policy.name().equals(name)) throw new DocumentFault("name", "differs from the name of its component");
            return policy;
        } catch (DocumentFault fault) {
            var tree = treeOf(json);
            var state = tree.flatMap(t -> part(t, "state", State.class)).orElse(State.ENFORCED);
            var assignments = tree.map(t -> t.path("assignments"))
                    .map(a -> new Assignments(
                            part(a, "users", Assignments.Users.class), part(a, "clients", Assignments.Clients.class)))
                    .filter(a -> a.users().isPresent() || a.clients().isPresent());
            return new Unreadable(name, state, assignments, fault.getMessage());
        }
    }

    private static Optional<JsonNode> treeOf(String json) {
        try {
            return Optional.of(Documents.tree(json));
        } catch (DocumentFault fault) {
            return Optional.empty();
        }
    }

    private static <T> Optional<T> part(JsonNode tree, String field, Class<T> type) {
        try {
            return tree.hasNonNull(field) ? Optional.of(Documents.bind(tree.get(field), type)) : Optional.empty();
        } catch (DocumentFault fault) {
            return Optional.empty();
        }
    }
}
