package dev.sallyport.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.device.Device;
import dev.sallyport.device.Posture;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.evaluation.realm.SessionKill;
import dev.sallyport.rest.Administration.Answer;
import dev.sallyport.watch.Redaction;
import dev.sallyport.watch.realm.PrivilegedSessions;
import dev.sallyport.watch.realm.PrivilegedSessions.Listed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.ClientModel;
import org.keycloak.models.UserSessionModel;

/** Privileged sessions: which there are, what was done in them, and their end. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class SessionsResource {

    private static final int MOST_DETAILS = 16 * 1024;
    private static final ActivityRate RATE = new ActivityRate(600);

    private final Administration administration;
    private final PrivilegedSessions sessions;

    SessionsResource(Administration administration) {
        this.administration = administration;
        this.sessions =
                new PrivilegedSessions(administration.session(), administration.realm(), administration.clock());
    }

    /**
     * A privileged session.
     *
     * @param since when it began
     * @param ip the address that it began from
     * @param clients the client ids of its applications
     * @param holdings roles as {@code role} or {@code client.role} and groups by path, for which it is privileged
     * @param offline whether it goes on as an offline session, too
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    private record Document(
            String id,
            String user,
            String userId,
            Instant since,
            Instant lastAccess,
            Optional<String> ip,
            List<String> clients,
            Optional<OnDevice> device,
            List<Elevated> elevations,
            List<String> holdings,
            boolean online,
            boolean offline) {}

    /** @param compliant as its posture says now; absent when nobody knows */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    private record OnDevice(String id, Optional<String> displayName, Optional<Boolean> compliant) {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    private record Elevated(String id, String privilege, boolean emergency, Optional<Instant> end) {}

    @GET
    public Response list(@QueryParam("first") String first, @QueryParam("max") String max) {
        return administration.answer(Right.WATCH, () -> {
            var page = Page.of(first, max);
            return Answer.ok(sessions.list(page.first(), page.max()).stream()
                    .map(this::document)
                    .toList());
        });
    }

    /** Also of a session that is over, and of what one of another realm did here. */
    @GET
    @Path("{sessionId}/events")
    public Response events(
            @PathParam("sessionId") String id, @QueryParam("first") String first, @QueryParam("max") String max) {
        return administration.answer(Right.WATCH, () -> {
            var page = Page.of(first, max);
            return Answer.ok(
                    sessions.timeline(id(id), page.first(), page.max()).orElseThrow(SessionsResource::unknown));
        });
    }

    /** Ends it, online and offline, and what is elevated in it. Its applications are told when it is over. */
    @DELETE
    @Path("{sessionId}")
    public Response kill(@PathParam("sessionId") String id) {
        return administration.answer(Right.MANAGE, () -> {
            var kill = new SessionKill(administration.session(), administration.realm(), administration.clock());
            var by = Optional.of(administration.who().user());
            if (!kill.kill(id(id), by, Map.of("reason", "request"))) throw unknown();
            return Answer.done();
        });
    }

    /**
     * What an application saw in a session.
     *
     * @param action what was done
     * @param resource to what
     * @param outcome how that went
     * @param details whatever else there is to say
     */
    record Activity(
            String action,
            Optional<String> resource,
            Optional<String> outcome,
            Optional<Map<String, JsonNode>> details) {

        Activity {
            if (action == null || action.isBlank()) throw new DocumentFault("action", "is required");
        }
    }

    /** An entry that was made. */
    private record Entered(String id, Instant time) {}

    @POST
    @Path("{sessionId}/activity")
    public Response activity(@PathParam("sessionId") String sessionId, InputStream body) {
        return administration.answerWhoeverAsks(() -> {
            var found = userSession(id(sessionId));
            var reporter = found.flatMap(this::application);
            boolean manages = Right.MANAGE.heldBy(administration.caller(), administration.realm());
            if (found.isEmpty() || (reporter.isEmpty() && !manages)) throw unknown();
            var from = reporter.map(ClientModel::getId)
                    .orElseGet(() -> administration.who().user().getId());
            if (!RATE.admits(
                    administration.realm().getId() + " " + from,
                    administration.clock().instant())) {
                throw Refusal.tooMany("This is more activity than is taken within a minute.");
            }
            var activity = Documents.read(RequestText.body(body), Activity.class);
            var entry = administration
                    .entry("session.activity")
                    .by(administration.who().user())
                    .about(found.get().getUser())
                    .in(found.get())
                    .on(DeviceRecognition.startedOn(found.get()).stream().findFirst())
                    .through(reporter.or(() -> Optional.of(administration.who().client()))
                            .map(ClientModel::getClientId))
                    .with("action", Redaction.of(Documents.toTree(activity.action())));
            activity.resource().ifPresent(text -> entry.with("resource", Redaction.of(Documents.toTree(text))));
            activity.outcome().ifPresent(text -> entry.with("outcome", Redaction.of(Documents.toTree(text))));
            activity.details().ifPresent(details -> entry.with("details", details(details)));
            var made = entry.at(administration.clock());
            administration.record(made);
            return Answer.created(new Entered(made.id(), made.time()));
        });
    }

    private static JsonNode details(Map<String, JsonNode> details) {
        var tree = Documents.toTree(details);
        if (Redaction.size(tree) > MOST_DETAILS) {
            throw new DocumentFault("details", "must not be larger than 16 KiB");
        }
        Redaction.unkeepable(tree, "details").ifPresent(path -> {
            throw new DocumentFault(path, "must be a whole number within 2^53");
        });
        return Redaction.of(tree);
    }

    private Optional<UserSessionModel> userSession(String id) {
        return Stream.of(sessions.online(id), sessions.offline(id))
                .flatMap(Optional::stream)
                .filter(found -> found.getUser() != null)
                .findFirst();
    }

    /** The client whose service account asks, if the session is one of that client's. */
    private Optional<ClientModel> application(UserSessionModel userSession) {
        var who = administration.who();
        if (!who.ofThisRealm()) return Optional.empty();
        return Optional.ofNullable(who.user().getServiceAccountClientLink())
                .map(administration.realm()::getClientById)
                .filter(client -> client.getId().equals(who.client().getId()))
                .filter(client -> belongs(userSession.getId(), client));
    }

    private boolean belongs(String id, ClientModel client) {
        return Stream.of(sessions.online(id), sessions.offline(id))
                .flatMap(Optional::stream)
                .anyMatch(found -> found.getAuthenticatedClientSessionByClient(client.getId()) != null);
    }

    private Document document(Listed listed) {
        var userSession = listed.userSession();
        var user = userSession.getUser();
        return new Document(
                userSession.getId(),
                user.getUsername(),
                user.getId(),
                Instant.ofEpochSecond(userSession.getStarted()),
                Instant.ofEpochSecond(userSession.getLastSessionRefresh()),
                Optional.ofNullable(userSession.getIpAddress()),
                listed.clients(),
                device(userSession),
                listed.why().elevations().stream()
                        .map(SessionsResource::elevated)
                        .toList(),
                listed.why().holdings(),
                listed.online(),
                listed.offline());
    }

    private Optional<OnDevice> device(UserSessionModel userSession) {
        var recognition = new DeviceRecognition(
                        administration.session(), administration.realm(), administration.clock())
                .ofSession(userSession, userSession.getUser());
        return DeviceRecognition.startedOn(userSession).stream().findFirst().map(id -> {
            var device = recognition.known();
            var compliant = device.flatMap(
                            known -> known.vouched(administration.clock().instant()))
                    .flatMap(Posture::compliant);
            return new OnDevice(id, device.flatMap(Device::displayName), compliant);
        });
    }

    private static Elevated elevated(Elevation elevation) {
        return new Elevated(elevation.id(), elevation.privilege(), elevation.emergency(), elevation.end());
    }

    // NB. No session has such an id, and a database may object to looking for it.
    private static String id(String text) {
        return Optional.of(text)
                .filter(id -> Documents.textFault(id, 255).isEmpty())
                .orElseThrow(SessionsResource::unknown);
    }

    private static Refusal unknown() {
        return Refusal.notFound("There is no session of that id.");
    }
}
