package dev.sallyport.posture.realm;

import static dev.sallyport.posture.realm.ManagementApi.encoded;

import dev.sallyport.posture.FleetRecord;
import dev.sallyport.posture.Notifications;
import dev.sallyport.posture.PostureSource;
import dev.sallyport.posture.SourceDocument;
import dev.sallyport.posture.SourceDocument.Credential;
import dev.sallyport.posture.realm.ManagementApi.Absent;
import dev.sallyport.posture.realm.ManagementApi.Body;
import dev.sallyport.posture.realm.ManagementApi.Unread;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Asks Fleet's REST interface, with a token of an API-only user that may observe. */
final class FleetSource implements PostureSource {

    private static final String HOSTS = "/api/v1/fleet/hosts/";
    private static final String WITHOUT_SOFTWARE = "?exclude_software=true";

    private final Connection connection;
    private final Clock clock;
    private final ManagementApi api;

    FleetSource(Connection connection, Clock clock) {
        this.connection = connection;
        this.clock = clock;
        this.api =
                new ManagementApi("Fleet", connection, new Authorization.Fixed(connection.credential("token")), clock);
    }

    @Override
    public Answer ask(Keys keys) {
        var identifier = FleetRecord.identifier(keys);
        // NB. As a part of a path these would be steps.
        if (identifier.equals(".") || identifier.equals("..")) return new NotFound();
        var uri = connection.at(HOSTS + "identifier/" + encoded(identifier) + WITHOUT_SOFTWARE);
        var reading = api.get(uri, api.deadline());
        if (reading instanceof Body body) return FleetRecord.answer(body.text(), keys, clock.instant());
        if (reading instanceof Absent absent) {
            return ManagementApi.isJson(absent.text()) ? new NotFound() : api.notAsDescribed();
        }
        return ((Unread) reading).outage();
    }

    @Override
    public Set<String> identify(String managementId) {
        if (!managementId.matches("\\d{1,18}")) return Set.of();
        var uri = connection.at(HOSTS + managementId + WITHOUT_SOFTWARE);
        return api.get(uri, api.deadline()) instanceof Body body ? FleetRecord.keys(body.text()) : Set.of();
    }

    /** Connects to Fleet. */
    public static final class Factory extends PostureSourceProvider.Factory {

        public Factory() {
            super("fleet", "Asks Fleet how healthy a device is.");
        }

        @Override
        public List<Credential> credentials() {
            return List.of(
                    Credential.secret("token"),
                    Credential.secret(SourceDocument.WEBHOOK_SECRET).optional());
        }

        /** NB. Fleet signs nothing and sends no header of ours, so the secret is a part of the address that it is given. */
        @Override
        public Optional<Set<String>> notified(String body, Optional<String> presented, Predicate<String> proven) {
            return presented.filter(proven).map(secret -> Notifications.fleet(body));
        }

        @Override
        public PostureSource connect(Connection connection) {
            return new FleetSource(connection, Clock.systemUTC());
        }
    }
}
