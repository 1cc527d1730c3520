package dev.sallyport.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.document.Documents;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Entries of the audit log as events of the Open Cybersecurity Schema Framework, 1.8.0. {@code unmapped} holds what the log's
 * own export would say: place, hash and the whole entry.
 */
public final class OcsfEvent {

    static final String VERSION = "1.8.0";

    private static final Set<String> ACCOUNTS = Set.of("user", "service-account");
    private static final Set<String> FAILURES = Set.of("failed", "rolled-back");
    private static final Map<String, Integer> SEVERITIES =
            Map.of("info", 1, "informational", 1, "low", 2, "medium", 3, "high", 4, "critical", 5);
    private static final List<String> SEVERITY_NAMES = List.of("Informational", "Low", "Medium", "High", "Critical");

    private final JsonNode entry;
    private final String type;
    private final OcsfActivity activity;
    private final ObjectNode event = object();

    private OcsfEvent(JsonNode entry) {
        this.entry = entry;
        this.type = entry.path("type").asText();
        this.activity = activity(type, entry);
    }

    /**
     * Which log an entry is of.
     *
     * @param log the name of the log, as its checkpoints have it
     * @param realm the name of the realm
     */
    public record Source(String log, String realm) {}

    /**
     * @param leafHash of the entry, in Base64
     * @param entry as it is in the log
     */
    public static ObjectNode of(long index, String leafHash, JsonNode entry, Source source) {
        return new OcsfEvent(entry).written(index, leafHash, source);
    }

    private static OcsfActivity activity(String type, JsonNode entry) {
        var activity = OcsfActivity.of(
                type, ACCOUNTS.contains(entry.at("/subject/kind").asText()));
        var stated = SEVERITIES.get(entry.at("/details/severity").asText());
        return stated == null ? activity : activity.withSeverity(stated);
    }

    private ObjectNode written(long index, String leafHash, Source source) {
        long time = Instant.parse(entry.path("time").asText()).toEpochMilli();
        event.put("class_uid", activity.of().uid)
                .put("class_name", activity.of().caption)
                .put("category_uid", activity.of().category())
                .put("category_name", activity.of().categoryName())
                .put("activity_id", activity.id())
                .put("activity_name", activity.name())
                .put("type_uid", activity.type())
                .put("type_name", activity.of().caption + ": " + activity.name())
                .put("severity_id", activity.severity())
                .put("severity", SEVERITY_NAMES.get(activity.severity() - 1))
                .put("time", time)
                .put("message", message());
        status();
        metadata(index, time, source);
        actor();
        source();
        switch (activity.of()) {
            case AUTHENTICATION -> {
                event.set("user", user(affected()));
                event.putObject("service").put("name", text("clientId", source.realm()));
                session();
            }
            case AUTHORIZE_SESSION, USER_ACCESS -> {
                event.set("user", user(affected()));
                event.putArray("privileges").add(entry.at("/details/privilege").asText("unknown"));
                if (activity.of() == OcsfClass.AUTHORIZE_SESSION) session();
            }
            case ACCOUNT_CHANGE -> event.set("user", user(affected()));
            case ENTITY_MANAGEMENT -> entity();
            case API_ACTIVITY -> {
                var api = event.putObject("api")
                        .put("operation", entry.at("/details/action").asText(type));
                api.putObject("service").put("name", text("clientId", source.realm()));
            }
            case DETECTION_FINDING -> finding();
        }
        var whole = event.putObject("unmapped").put("index", index).put("leafHash", leafHash);
        whole.set("entry", entry);
        return event;
    }

    private void status() {
        if (activity.of() == OcsfClass.DETECTION_FINDING) {
            boolean resolved = activity.id() == 3;
            event.put("status_id", resolved ? 4 : 1).put("status", resolved ? "Resolved" : "New");
            // NB. The status is that of the finding; the class has none for what was done about it.
            if (type.equals("response.taken")) event.put("status_detail", response());
            return;
        }
        switch (type) {
            case "access.denied" -> failure();
            case "session.event" -> {
                if (!failed()) success();
                else failure().put("status_detail", entry.at("/details/error").asText(outcome()));
            }
            case "access.step-up" -> event.put("status_id", 99).put("status", "Stronger authentication required");
            default -> success();
        }
        if (type.equals("access.report-only")) event.put("status_detail", "A report-only policy would have refused it");
    }

    private ObjectNode success() {
        return event.put("status_id", 1).put("status", "Success");
    }

    private ObjectNode failure() {
        return event.put("status_id", 2).put("status", "Failure");
    }

    /** Whether it tells of what Keycloak refused, or took back. */
    private boolean failed() {
        return entry.at("/details").hasNonNull("error") || FAILURES.contains(outcome());
    }

    private String response() {
        var reason = entry.at("/details/reason");
        return reason.isTextual() ? outcome() + ": " + reason.asText() : outcome();
    }

    private String outcome() {
        return entry.at("/details/outcome").asText("unknown");
    }

    private void metadata(long index, long time, Source source) {
        var metadata = event.putObject("metadata")
                .put("version", VERSION)
                .put("uid", entry.path("id").asText())
                .put("event_code", type)
                .put("log_name", source.log())
                .put("log_provider", source.realm())
                .put("sequence", index)
                .put("original_time", entry.path("time").asText())
                .put("logged_time", time);
        metadata.putObject("product").put("name", "Sallyport").put("vendor_name", "Sallyport");
        if (entry.hasNonNull("elevationId")) {
            metadata.put("correlation_uid", entry.path("elevationId").asText());
        }
        if (entry.hasNonNull("deviceId")) {
            metadata.putArray("profiles").add("host");
            event.putObject("device")
                    .put("uid", entry.path("deviceId").asText())
                    .put("type_id", 0);
        }
    }

    private void actor() {
        event.putObject("actor").set("user", user(entry.path("actor")));
    }

    private void source() {
        if (entry.hasNonNull("ip")) {
            event.putObject("src_endpoint").put("ip", entry.path("ip").asText());
        } else if (activity.of() == OcsfClass.API_ACTIVITY) {
            event.putObject("src_endpoint").put("name", "unknown");
        }
    }

    /** Whose account it is about. */
    private JsonNode affected() {
        var subject = entry.path("subject");
        return ACCOUNTS.contains(subject.path("kind").asText()) ? subject : entry.path("actor");
    }

    private static ObjectNode user(JsonNode party) {
        var user = object().put("uid", party.path("id").asText());
        if (party.hasNonNull("name")) user.put("name", party.path("name").asText());
        return switch (party.path("kind").asText()) {
            case "user" -> user.put("type_id", 1).put("type", "User");
            case "service-account" -> user.put("type_id", 4).put("type", "Service");
            case "system" -> user.put("type_id", 3).put("type", "System");
            default -> user.put("type_id", 0).put("type", "Unknown");
        };
    }

    private void session() {
        if (entry.hasNonNull("sessionId")) {
            event.putObject("session").put("uid", entry.path("sessionId").asText());
        }
    }

    private void entity() {
        var entity = event.putObject("entity");
        if (entry.hasNonNull("elevationId")) {
            entity.put("uid", entry.path("elevationId").asText()).put("type", "elevation");
            if (entry.at("/details/privilege").isTextual()) {
                entity.put("name", entry.at("/details/privilege").asText());
            }
            return;
        }
        var subject = entry.hasNonNull("subject") ? entry.path("subject") : entry.path("actor");
        if (entry.hasNonNull("deviceId") && type.startsWith("device.")) {
            entity.put("uid", entry.path("deviceId").asText()).put("type", "device");
            return;
        }
        entity.put("uid", subject.path("id").asText())
                .put("type", subject.path("kind").asText());
        if (subject.hasNonNull("name")) entity.put("name", subject.path("name").asText());
    }

    private void finding() {
        var id = entry.at("/details/finding").asText(entry.path("id").asText());
        event.putObject("finding_info")
                .put("uid", id)
                .put("title", entry.at("/details/kind").asText(type));
        event.put("is_alert", activity.id() == 1);
    }

    private String message() {
        var subject = entry.path("subject");
        return type + " by " + name(entry.path("actor")) + (subject.isObject() ? " on " + name(subject) : "");
    }

    private static String name(JsonNode party) {
        return party.path("kind").asText() + " "
                + party.path("name").asText(party.path("id").asText());
    }

    private String text(String field, String otherwise) {
        return entry.path(field).asText(otherwise);
    }

    private static ObjectNode object() {
        return (ObjectNode) Documents.tree("{}");
    }
}
