package dev.sallyport.posture.realm;

import static dev.sallyport.posture.realm.ManagementApi.encoded;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.outbound.OutboundRule;
import dev.sallyport.outbound.realm.Deadline;
import dev.sallyport.posture.IntuneRecord;
import dev.sallyport.posture.Notifications;
import dev.sallyport.posture.PostureSource;
import dev.sallyport.posture.SourceDocument;
import dev.sallyport.posture.SourceDocument.Credential;
import dev.sallyport.posture.realm.ManagementApi.Absent;
import dev.sallyport.posture.realm.ManagementApi.Body;
import dev.sallyport.posture.realm.ManagementApi.Unread;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Asks Microsoft Graph about devices of Intune, as an application with the permission to read managed devices. */
final class IntuneSource implements PostureSource {

    private static final String DEVICES = "/v1.0/deviceManagement/managedDevices";
    private static final String UUID = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";
    private static final int MAX_PAGES = 5;

    /** Where each cloud's Graph has its tokens from. */
    private static final Map<String, String> AUTHORITIES = Map.of(
            "graph.microsoft.com", "https://login.microsoftonline.com",
            "graph.microsoft.us", "https://login.microsoftonline.us",
            "dod-graph.microsoft.us", "https://login.microsoftonline.us",
            "microsoftgraph.chinacloudapi.cn", "https://login.chinacloudapi.cn");

    private final Connection connection;
    private final Clock clock;
    private final ManagementApi api;

    IntuneSource(Connection connection, Clock clock) {
        this.connection = connection;
        this.clock = clock;
        var form = Map.of(
                "grant_type",
                "client_credentials",
                "client_id",
                connection.credential("clientId"),
                "client_secret",
                connection.credential("clientSecret"),
                "scope",
                origin(connection.url()) + "/.default");
        var tokens = Connection.below(
                authority(connection.url(), connection.credentials()),
                "/" + encoded(connection.credential("tenantId")) + "/oauth2/v2.0/token");
        this.api = new ManagementApi(
                "Microsoft Graph",
                connection,
                new Authorization.ClientCredentials(connection.http(), tokens, form, clock),
                clock);
    }

    private static String origin(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }

    /** A Graph that is none of Microsoft's is behind a gateway, which then has the tokens as well. */
    private static URI authority(URI graph, Map<String, String> credentials) {
        return Optional.ofNullable(credentials.get("authority"))
                .or(() -> Optional.ofNullable(AUTHORITIES.get(OutboundRule.host(graph.getHost()))))
                .map(OutboundRule::service)
                .orElse(graph);
    }

    @Override
    public Answer ask(Keys keys) {
        var deadline = api.deadline();
        if (keys.serial().isPresent())
            return filtered("serialNumber", keys.serial().get(), keys, deadline);
        if (!keys.deviceId().matches(UUID)) return filtered("serialNumber", keys.deviceId(), keys, deadline);
        var byId = byId(keys, deadline);
        return byId instanceof NotFound ? filtered("azureADDeviceId", keys.deviceId(), keys, deadline) : byId;
    }

    private Answer byId(Keys keys, Deadline deadline) {
        var reading = api.get(connection.at(DEVICES + "/" + encoded(keys.deviceId())), deadline);
        if (reading instanceof Body body) {
            return IntuneRecord.page(body.text())
                    .map(page -> IntuneRecord.answer(page.devices(), keys, clock.instant()))
                    .orElseGet(api::notAsDescribed);
        }
        if (reading instanceof Absent absent) {
            return ManagementApi.isJson(absent.text()) ? new NotFound() : api.notAsDescribed();
        }
        return ((Unread) reading).outage();
    }

    private Answer filtered(String field, String value, Keys keys, Deadline deadline) {
        var filter = field + " eq '" + value.replace("'", "''") + "'";
        var next = Optional.of(connection.at(DEVICES + "?$filter=" + encoded(filter)));
        var devices = new ArrayList<JsonNode>();
        for (int pages = 0; next.isPresent(); pages++) {
            if (pages == MAX_PAGES) return new Outage("Microsoft Graph answers with more pages than one device has.");
            var reading = api.get(next.get(), deadline);
            if (reading instanceof Unread unread) return unread.outage();
            var page =
                    reading instanceof Body body ? IntuneRecord.page(body.text()) : Optional.<IntuneRecord.Page>empty();
            if (page.isEmpty()) return api.notAsDescribed();
            devices.addAll(page.get().devices());
            next = page.get().next().flatMap(this::here);
            if (page.get().next().isPresent() && next.isEmpty()) {
                return new Outage("Microsoft Graph refers to another server for the rest of its answer.");
            }
        }
        return IntuneRecord.answer(devices, keys, clock.instant());
    }

    /** NB. The next page is fetched with our token, so it has to be where the token belongs. */
    private Optional<URI> here(String link) {
        try {
            var uri = URI.create(link);
            return origin(uri).equalsIgnoreCase(origin(connection.url())) ? Optional.of(uri) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public Set<String> identify(String managementId) {
        if (!managementId.matches(UUID)) return Set.of();
        var reading = api.get(connection.at(DEVICES + "/" + managementId), api.deadline());
        return reading instanceof Body body
                ? IntuneRecord.page(body.text())
                        .filter(page -> page.devices().size() == 1)
                        .map(page -> IntuneRecord.keys(page.devices().get(0)))
                        .orElse(Set.of())
                : Set.of();
    }

    /** Connects to Microsoft Intune. */
    public static final class Factory extends PostureSourceProvider.Factory {

        public Factory() {
            super("intune", "Asks Microsoft Intune how healthy a device is.");
        }

        @Override
        public List<Credential> credentials() {
            return List.of(
                    Credential.open("tenantId"),
                    Credential.open("clientId"),
                    Credential.secret("clientSecret"),
                    Credential.open("authority").optional(),
                    Credential.secret(SourceDocument.WEBHOOK_SECRET).optional());
        }

        @Override
        public Map<String, URI> destinations(SourceDocument document) {
            try {
                var authority = authority(document.service(), document.credentials());
                return Map.of("url", document.service(), "credentials.authority", authority);
            } catch (DocumentFault fault) {
                throw fault.below("credentials.authority");
            }
        }

        @Override
        public Optional<Set<String>> notified(String body, Optional<String> presented, Predicate<String> proven) {
            return Notifications.graph(body, proven);
        }

        @Override
        public boolean validates() {
            return true;
        }

        @Override
        public PostureSource connect(Connection connection) {
            return new IntuneSource(connection, Clock.systemUTC());
        }
    }
}
