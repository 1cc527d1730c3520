package dev.sallyport.detection.realm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.finding.Observation;
import dev.sallyport.finding.Observation.Origin;
import dev.sallyport.finding.Observation.Work;
import dev.sallyport.network.Address;
import dev.sallyport.network.realm.Whereabouts;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Entries of the audit log as detection sees them. */
record Observations(KeycloakSession session, RealmModel realm) {

    private static final Set<String> USES = Set.of("LOGIN", "CODE_TO_TOKEN", "TOKEN_EXCHANGE", "IMPERSONATE");
    private static final String OTHER_DEVICE = "other-device";

    Observation of(JsonNode entry) {
        var type = entry.path("type").asText();
        var details = entry.path("details");
        boolean refused = type.startsWith("access.")
                || details.has("error")
                || details.has("outcome") && !type.equals("session.activity");
        return new Observation(
                entry.path("id").asText(),
                type,
                Instant.parse(entry.path("time").asText()),
                work(type, details),
                !refused && details.path("event").asText().equals("LOGIN"),
                refused,
                details.path("count").asLong(1),
                Optional.ofNullable(details.path("from").textValue())
                        .flatMap(Address::of)
                        .map(this::origin),
                details.path("device").asText().equals(OTHER_DEVICE)
                        ? Optional.ofNullable(entry.path("deviceId").textValue())
                        : Optional.empty());
    }

    static Optional<Work> work(String type, JsonNode details) {
        return switch (type) {
            case "session.activity", "elevation.activated" -> Optional.of(Work.USE);
            case "session.event" -> {
                if (details.path("kind").asText().equals("admin")) yield Optional.of(Work.ADMINISTRATION);
                yield Optional.of(USES.contains(details.path("event").asText()) ? Work.USE : Work.RENEWAL);
            }
            default -> Optional.empty();
        };
    }

    private Origin origin(Address address) {
        var place = new Whereabouts(session, realm).at(Optional.of(address));
        return new Origin(address.toString(), place.certainNetworks(), place.country(), place.asn());
    }
}
