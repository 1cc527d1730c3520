package dev.sallyport.privilege;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.access.Principals;
import dev.sallyport.document.DocumentFault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who must agree before a privilege becomes active.
 *
 * @param count how many distinct people
 * @param atLeast how many of them must be in a group, by its path
 * @param requestTtl how long a request waits; a day unless it is said
 * @param approverAcr how strongly an approver must have authenticated
 * @param delegates who may stand in for an approver; nobody when it is absent
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Approval(
        int count,
        People approvers,
        Map<String, Integer> atLeast,
        Duration requestTtl,
        Optional<String> approverAcr,
        Optional<People> delegates) {

    private static final int MOST = 1_000;
    private static final Duration DAY = Duration.ofHours(24);

    public Approval {
        if (count < 1 || count > MOST) throw new DocumentFault("count", "must be between 1 and " + MOST);
        if (approvers == null || approvers.nobody()) {
            throw new DocumentFault("approvers", "must name a user, a group or a role");
        }
        atLeast = atLeast == null ? Map.of() : Map.copyOf(atLeast);
        for (var group : atLeast.entrySet()) {
            var path = "atLeast." + group.getKey();
            if (!Principals.isPath(group.getKey())) throw new DocumentFault(path, "must be a path that starts with /");
            if (group.getValue() < 1 || group.getValue() > count) {
                throw new DocumentFault(path, "must be between 1 and count");
            }
        }
        requestTtl = requestTtl == null ? DAY : requestTtl;
        Span.require("requestTtl", requestTtl);
        if (approverAcr.filter(String::isBlank).isPresent())
            throw new DocumentFault("approverAcr", "must not be empty");
        if (delegates.filter(People::nobody).isPresent()) {
            throw new DocumentFault("delegates", "must name a user, a group or a role");
        }
    }

    /** The groups that {@link #atLeast} names, in a steady order. */
    public List<String> groups() {
        return atLeast.keySet().stream().sorted().toList();
    }
}
