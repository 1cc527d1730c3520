package dev.sallyport.posture.realm;

import static dev.sallyport.posture.realm.ManagementApi.encoded;

import dev.sallyport.outbound.realm.Deadline;
import dev.sallyport.posture.JamfRecord;
import dev.sallyport.posture.PostureSource;
import dev.sallyport.posture.SourceDocument.Credential;
import dev.sallyport.posture.realm.ManagementApi.Absent;
import dev.sallyport.posture.realm.ManagementApi.Body;
import dev.sallyport.posture.realm.ManagementApi.Unread;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Asks Jamf Pro's inventory, as an API client with the privilege to read computers. */
final class JamfSource implements PostureSource {

    private static final String INVENTORY = "/api/v1/computers-inventory?"
            + Stream.of("GENERAL", "HARDWARE", "SECURITY", "DISK_ENCRYPTION", "OPERATING_SYSTEM")
                    .map(section -> "section=" + section + "&")
                    .collect(Collectors.joining());

    private final Connection connection;
    private final Clock clock;
    private final ManagementApi api;

    JamfSource(Connection connection, Clock clock) {
        this.connection = connection;
        this.clock = clock;
        var form = Map.of(
                "grant_type",
                "client_credentials",
                "client_id",
                connection.credential("clientId"),
                "client_secret",
                connection.credential("clientSecret"));
        this.api = new ManagementApi(
                "Jamf Pro",
                connection,
                new Authorization.ClientCredentials(connection.http(), connection.at("/api/oauth/token"), form, clock),
                clock);
    }

    @Override
    public Answer ask(Keys keys) {
        var deadline = api.deadline();
        if (keys.serial().isPresent())
            return ask("hardware.serialNumber", keys.serial().get(), keys, deadline);
        var byId = ask("udid", keys.deviceId(), keys, deadline);
        return byId instanceof NotFound ? ask("hardware.serialNumber", keys.deviceId(), keys, deadline) : byId;
    }

    private Answer ask(String field, String value, Keys keys, Deadline deadline) {
        // NB. In a filter these would end the text, or hide its end.
        if (value.contains("\"") || value.contains("\\") || value.contains("*")) return new NotFound();
        var uri = connection.at(INVENTORY + "page=0&page-size=2&filter=" + encoded(field + "==\"" + value + "\""));
        var reading = api.get(uri, deadline);
        if (reading instanceof Body body) return JamfRecord.answer(body.text(), keys, clock.instant());
        return reading instanceof Absent ? api.notAsDescribed() : ((Unread) reading).outage();
    }

    /** Connects to Jamf Pro. */
    public static final class Factory extends PostureSourceProvider.Factory {

        public Factory() {
            super("jamf", "Asks Jamf Pro how healthy a device is.");
        }

        @Override
        public List<Credential> credentials() {
            return List.of(Credential.open("clientId"), Credential.secret("clientSecret"));
        }

        @Override
        public PostureSource connect(Connection connection) {
            return new JamfSource(connection, Clock.systemUTC());
        }
    }
}
