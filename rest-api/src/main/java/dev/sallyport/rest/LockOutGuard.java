package dev.sallyport.rest;

import dev.sallyport.access.AccessDecision.PolicyResult;
import dev.sallyport.access.Door;
import dev.sallyport.access.Unmet;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.evaluation.realm.SessionSurvey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.UserSessionModel;

/**
 * Keeps administrators from shutting themselves out, and from ending many sessions unawares: after a change of what is enforced, and before it is committed, the
 * doors that the caller needs are asked about the caller's own session. The engine is the one that enforces. What would
 * need a stronger or a newer authentication counts as shut: whoever asks it of administrators shows first that it can be
 * done.
 */
final class LockOutGuard {

    private final Administration administration;
    private final boolean forced;

    /** @param force the parameter of the request by which the caller insists */
    LockOutGuard(Administration administration, String force) {
        this.administration = administration;
        this.forced = Page.flag("force", force).orElse(false);
    }

    /**
     * Makes a change of policies, or of what they refer to.
     *
     * @throws Refusal if it raises an obstacle in the caller's way that was not there before
     */
    void change(Runnable change) {
        change(change, session -> recognition(session));
    }

    /** Makes a change of how devices are identified: the caller's must be one that proves itself at this very request. */
    void changeOfIdentification(Runnable change) {
        change(change, this::recognitionOfRequest);
    }

    private void change(Runnable change, Function<UserSessionModel, Recognition> deviceAfterwards) {
        var caller = administration.who();
        var userSession = caller.userSession();
        if (forced) {
            change.run();
            return;
        }
        if (userSession.isEmpty()) {
            change.run();
            confirmToll();
            return;
        }
        var before = obstacles(caller, userSession.get(), this::recognition);
        change.run();
        var after = obstacles(caller, userSession.get(), deviceAfterwards);
        after.keySet().removeAll(before.keySet());
        if (!after.isEmpty()) {
            throw Refusal.conflict("This would shut you out: " + String.join("; ", after.values())
                    + ". Repeat the request with ?force=true if you want that.");
        }
        confirmToll();
    }

    // NB. Of sessions that are denied already none is left: they were ended when they came to be.
    private void confirmToll() {
        var toll = new SessionSurvey(administration.session(), administration.realm()).toll();
        if (!toll.needsConfirmation()) return;
        throw Refusal.conflict(
                "This would end %s%d of %d live sessions at once. Repeat the request with ?force=true if you want that."
                        .formatted(toll.exact() ? "" : "about ", toll.sessions(), toll.live()));
    }

    /** What keeps the caller out, and in which words to say it. */
    private Map<List<String>, String> obstacles(
            Caller caller, UserSessionModel userSession, Function<UserSessionModel, Recognition> device) {
        var found = new LinkedHashMap<List<String>, String>();
        boolean service = caller.user().getServiceAccountClientLink() != null;
        var gate = new AccessGate(administration.session(), administration.realm(), administration.clock());
        var doors = List.of(service ? Door.SERVICE_ACCOUNT : Door.REFRESH, Door.ADMIN_API);
        clients(caller, service)
                .forEach(client -> doors.forEach(door -> gate.forecast(
                                door, userSession, client, caller.audience(), () -> device.apply(userSession))
                        .refusing()
                        .forEach(refusing -> found.put(key(refusing), sentence(refusing)))));
        return found;
    }

    /** The application that the caller uses now, and for a person the admin console too. */
    private Stream<ClientModel> clients(Caller caller, boolean service) {
        var console = Optional.ofNullable(administration.realm().getClientByClientId(Constants.ADMIN_CONSOLE_CLIENT_ID))
                .filter(found -> !service);
        return Stream.concat(Stream.of(caller.client()), console.stream());
    }

    // NB. Without what was found, which may be an age and then differs from one moment to the next.
    private static List<String> key(PolicyResult refusing) {
        return Stream.concat(
                        Stream.of(refusing.name()),
                        refusing.unmet().stream().map(unmet -> unmet.control() + " " + unmet.expected()))
                .toList();
    }

    private static String sentence(PolicyResult refusing) {
        return "policy \"" + refusing.name() + "\" asks for "
                + refusing.unmet().stream().map(LockOutGuard::words).collect(Collectors.joining(", "));
    }

    private static String words(Unmet unmet) {
        return unmet.control() + " " + unmet.expected() + " and finds " + unmet.actual();
    }

    private Recognition recognition(UserSessionModel userSession) {
        return devices().ofSession(userSession, userSession.getUser());
    }

    private Recognition recognitionOfRequest(UserSessionModel userSession) {
        return userSession.getUser().getServiceAccountClientLink() == null
                ? devices().ofRequest(userSession.getUser(), Optional.of(userSession))
                : recognition(userSession);
    }

    private DeviceRecognition devices() {
        return new DeviceRecognition(administration.session(), administration.realm(), administration.clock());
    }
}
