package dev.sallyport.lock;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Refuses a user, a device or a privilege at every door. A lock ends at its time by the clock of whoever asks, so that
 * nothing has to run for it to end, and none is prolonged because nothing ran.
 *
 * @param user the id of a user or service account
 * @param device the id of a device, registered or not: whoever proves to be it, or has a session that was started on it
 * @param privilege the name of a privilege; it opens no door by itself, so such a lock shuts none
 * @param reason why, for administrators and auditors; the one who is locked out is not told
 * @param until when it ends; empty when only lifting it ends it
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Lock(
        Optional<String> user,
        Optional<String> device,
        Optional<String> privilege,
        String reason,
        Optional<Instant> until) {

    public Lock {
        long targets =
                Stream.of(user, device, privilege).filter(Optional::isPresent).count();
        if (targets != 1)
            throw new DocumentFault("", "must name a user, a device or a privilege, and one of them only");
        named("user", user);
        named("device", device);
        named("privilege", privilege);
        if (reason == null || reason.isBlank()) throw new DocumentFault("reason", "is required");
    }

    private static void named(String field, Optional<String> name) {
        if (name.filter(String::isBlank).isPresent()) throw new DocumentFault(field, "must not be empty");
    }

    /** @throws DocumentFault with the path of the fault */
    public static Lock read(String json) {
        return Documents.read(json, Lock.class);
    }

    /**
     * What shuts a door.
     *
     * @param lock the id of the lock
     * @param locked what it names: {@code user}, {@code device}, or {@code everybody} where nobody can tell
     */
    public record Bar(String lock, String locked) {}

    /** A lock as a realm holds it: one that can be read, or one that cannot and then holds all the more. */
    public sealed interface Held {

        String id();

        /**
         * @param userId who asks
         * @param deviceIds what the device in front of us proved to be, and on what the session was started
         * @return empty when this lock does not stand in the way
         */
        Optional<Bar> bar(String userId, Set<String> deviceIds, Instant now);
    }

    /** A lock that can be read. */
    public record Valid(String id, Lock lock) implements Held {

        public boolean inForce(Instant now) {
            return lock.until().map(now::isBefore).orElse(true);
        }

        @Override
        public Optional<Bar> bar(String userId, Set<String> deviceIds, Instant now) {
            return inForce(now) ? barred(id, lock.user(), lock.device(), userId, deviceIds) : Optional.empty();
        }
    }

    /**
     * A lock that was put into the realm past our checks, or that a later version wrote. It stops whom it readably names,
     * and everybody if it names nobody: nobody knows for whom it was meant. When it ends is not known either, so it does
     * not.
     *
     * @param fault what is wrong, with its path
     */
    public record Unreadable(String id, Optional<String> user, Optional<String> device, String fault) implements Held {

        @Override
        public Optional<Bar> bar(String userId, Set<String> deviceIds, Instant now) {
            if (user.isEmpty() && device.isEmpty()) return Optional.of(new Bar(id, "everybody"));
            return barred(id, user, device, userId, deviceIds);
        }
    }

    private static Optional<Bar> barred(
            String id, Optional<String> user, Optional<String> device, String userId, Set<String> deviceIds) {
        if (user.filter(userId::equals).isPresent()) return Optional.of(new Bar(id, "user"));
        return device.filter(deviceIds::contains).map(locked -> new Bar(id, "device"));
    }

    /** Reads what can be read; never fails, since a lock that is not understood still has to hold. */
    public static Held readAnyway(String id, String json) {
        try {
            return new Valid(id, read(json));
        } catch (DocumentFault fault) {
            var tree = treeOf(json);
            return new Unreadable(id, text(tree, "user"), text(tree, "device"), fault.getMessage());
        }
    }

    private static Optional<JsonNode> treeOf(String json) {
        try {
            return Optional.of(Documents.tree(json));
        } catch (DocumentFault fault) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(Optional<JsonNode> tree, String field) {
        return tree.map(node -> node.path(field))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .filter(text -> !text.isBlank());
    }
}
