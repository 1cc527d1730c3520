package dev.sallyport.access.realm;

import dev.sallyport.access.AccessContext;
import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.access.AccessDecision;
import dev.sallyport.access.Door;
import dev.sallyport.access.PolicyEngine;
import dev.sallyport.access.Risk;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.device.Device;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.device.Recognition.Unrecognised;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.network.Place;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.keycloak.authentication.authenticators.util.AcrStore;
import org.keycloak.authentication.authenticators.util.LoAUtil;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.utils.AcrUtils;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The one question that every door asks: may this request pass? Gathers the facts, has the realm's policies judge them,
 * and records what was refused and what would have been. Never throws; what goes wrong is a refusal.
 */
public final class AccessGate {

    private static final Logger LOG = Logger.getLogger(AccessGate.class);

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Clock clock;

    public AccessGate(KeycloakSession session) {
        this(session, session.getContext().getRealm(), Clock.systemUTC());
    }

    public AccessGate(KeycloakSession session, RealmModel realm, Clock clock) {
        this.session = session;
        this.realm = realm;
        this.clock = clock;
    }

    /**
     * A decision together with what it was about, so that the one who is refused can be told.
     *
     * @param device the device as it was recognised
     */
    public record Judgement(AccessDecision decision, Recognition device) {}

    /**
     * Judges a request that the user's own browser or device makes: the device is proven anew. A recognised device is bound
     * to the session that follows.
     *
     * @param authSession the ongoing authentication, with its user
     */
    public Judgement atBrowser(Door door, AuthenticationSessionModel authSession) {
        var user = authSession.getAuthenticatedUser();
        var ongoing = ongoing(door, authSession, user);
        var judgement = judge(
                door,
                user,
                authSession.getClient(),
                Set.of(),
                () -> recognise(door, authSession, ongoing),
                () -> authentication(door, authSession, ongoing));
        record(door, judgement, user, authSession.getClient(), ongoing);
        return judgement;
    }

    /**
     * Recognises the device that the user's own request comes from, and binds the session that follows to it.
     *
     * @param authSession the ongoing authentication, with its user
     */
    public Recognition recognise(Door door, AuthenticationSessionModel authSession) {
        return recognise(door, authSession, ongoing(door, authSession, authSession.getAuthenticatedUser()));
    }

    private Recognition recognise(
            Door door, AuthenticationSessionModel authSession, Optional<UserSessionModel> ongoing) {
        // NB. A confidential client that logs a user in by itself presents its own certificate, not the user's.
        if (door == Door.DIRECT_GRANT && !authSession.getClient().isPublicClient()) {
            return Recognition.unrecognised(Recognition.Reason.NO_PROOF);
        }
        var recognition =
                new DeviceRecognition(session, realm, clock).ofRequest(authSession.getAuthenticatedUser(), ongoing);
        if (recognition instanceof Recognised recognised) DeviceRecognition.bind(authSession, recognised);
        return recognition;
    }

    /**
     * Judges a request that an application makes for a session: the device is the one that the session was started on.
     *
     * @param client the client that asks; at introspection the one that the token was issued to
     * @param audience the client ids that the token reaches; empty where that is not known yet
     */
    public Judgement atBackChannel(Door door, UserSessionModel userSession, ClientModel client, Set<String> audience) {
        var user = userSession.getUser();
        var judgement = judge(
                door,
                user,
                client,
                audience,
                () -> new DeviceRecognition(session, realm, clock).ofSession(userSession, user),
                () -> authentication(userSession, client));
        record(door, judgement, user, client, Optional.of(userSession));
        return judgement;
    }

    /** Judges facts that were gathered elsewhere, without a record: for previews. */
    public AccessDecision preview(AccessContext context) {
        return decide(context);
    }

    private Judgement judge(
            Door door,
            UserModel user,
            ClientModel client,
            Set<String> audience,
            Supplier<Recognition> device,
            Supplier<Authentication> authentication) {
        Recognition recognition = Recognition.unrecognised(Recognition.Reason.FAILED);
        try {
            recognition = device.get();
            var context = new AccessContext(
                    door,
                    new RealmSubject(session, realm, user),
                    client.getClientId(),
                    client::getAttributes,
                    audience,
                    this::clientExists,
                    recognition,
                    authentication.get(),
                    Place.unknown(),
                    Risk::unknown,
                    Optional.empty(),
                    clock.instant());
            return new Judgement(decide(context), recognition);
        } catch (RuntimeException e) {
            LOG.errorf(e, "facts at door %s in realm %s could not be gathered", door.id(), realm.getName());
            return new Judgement(AccessDecision.failed(), recognition);
        }
    }

    private AccessDecision decide(AccessContext context) {
        try {
            return PolicyEngine.decide(AccessPolicyProvider.policies(realm), context);
        } catch (RuntimeException e) {
            LOG.errorf(e, "no decision at door %s in realm %s", context.door().id(), realm.getName());
            return AccessDecision.failed();
        }
    }

    /** Whether the realm has a client of that id; from the realm cache. */
    public boolean clientExists(String clientId) {
        return realm.getClientByClientId(clientId) != null;
    }

    /**
     * The realm's names of levels. A client's own map is not asked: whoever may edit a client must not be able to redefine
     * what a policy of the realm means.
     */
    public Map<String, Integer> levels() {
        return AcrUtils.getAcrLoaMap(realm);
    }

    /** @return the level that a policy means by that name; empty when the realm knows none */
    public Optional<Integer> levelOf(String acr) {
        return new Authentication(Constants.NO_LOA, levels(), Optional.empty()).levelOf(acr);
    }

    // NB. On re-entry the session is the one that the identity cookie names. The cookie that names the authentication
    // is
    // another one, and whoever stole the first need not have the second.
    private Optional<UserSessionModel> ongoing(Door door, AuthenticationSessionModel authSession, UserModel user) {
        var userSession = door == Door.SSO_REENTRY
                ? Optional.ofNullable(AuthenticationManager.authenticateIdentityCookie(session, realm, true))
                        .map(AuthenticationManager.AuthResult::session)
                : Optional.ofNullable(session.sessions()
                        .getUserSession(realm, authSession.getParentSession().getId()));
        return userSession.filter(
                found -> found.getUser() != null && found.getUser().getId().equals(user.getId()));
    }

    private Authentication authentication(
            Door door, AuthenticationSessionModel authSession, Optional<UserSessionModel> ongoing) {
        boolean sso = door == Door.SSO_REENTRY;
        int level = new AcrStore(session, authSession).getLevelOfAuthenticationFromCurrentAuthentication();
        Optional<Instant> at = sso
                ? ongoing.flatMap(AccessGate::authenticatedAt)
                : Optional.ofNullable(authSession.getClientNote(AuthenticationManager.AUTH_TIME_BROKER))
                        .flatMap(AccessGate::seconds)
                        .or(() -> Optional.of(clock.instant()));
        return new Authentication(level(level, sso), levels(), at);
    }

    private Authentication authentication(UserSessionModel userSession, ClientModel client) {
        var clientSession = Optional.ofNullable(userSession.getAuthenticatedClientSessionByClient(client.getId()));
        int level = clientSession.map(AccessGate::level).orElse(Constants.MINIMUM_LOA);
        return new Authentication(level, levels(), authenticatedAt(userSession));
    }

    private static int level(AuthenticatedClientSessionModel clientSession) {
        return level(
                LoAUtil.getCurrentLevelOfAuthentication(clientSession),
                AuthenticationManager.isSSOAuthentication(clientSession));
    }

    // NB. As Keycloak's own acr claim: without levels in the flow a login is level 1 and a re-entry level 0.
    private static int level(int reached, boolean sso) {
        return reached >= Constants.MINIMUM_LOA ? reached : sso ? 0 : 1;
    }

    private static Optional<Instant> authenticatedAt(UserSessionModel userSession) {
        return Optional.ofNullable(userSession.getNote(AuthenticationManager.AUTH_TIME))
                .flatMap(AccessGate::seconds)
                .or(() -> Optional.of(Instant.ofEpochSecond(userSession.getStarted())));
    }

    private static Optional<Instant> seconds(String note) {
        try {
            return Optional.of(Instant.ofEpochSecond(Long.parseLong(note)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private void record(
            Door door,
            Judgement judgement,
            UserModel user,
            ClientModel client,
            Optional<UserSessionModel> userSession) {
        var decision = judgement.decision();
        if (!decision.allowed()) {
            var type = decision.outcome() == AccessDecision.Outcome.STEP_UP ? "access.step-up" : "access.denied";
            observe(
                    type,
                    door,
                    judgement,
                    user,
                    client,
                    userSession,
                    decision.refusing().toList());
        }
        var wouldRefuse = decision.wouldRefuse().toList();
        if (!wouldRefuse.isEmpty()) {
            observe("access.report-only", door, judgement, user, client, userSession, wouldRefuse);
        }
    }

    private void observe(
            String type,
            Door door,
            Judgement judgement,
            UserModel user,
            ClientModel client,
            Optional<UserSessionModel> userSession,
            List<AccessDecision.PolicyResult> policies) {
        try {
            var entry = AuditEntries.of(session, type)
                    .by(user)
                    .through(client)
                    .on(deviceId(judgement.device()))
                    .with("door", door)
                    .with("policies", policies);
            if (judgement.device() instanceof Unrecognised unrecognised) entry.with("device", unrecognised.reason());
            userSession.ifPresent(entry::in);
            new JpaAuditLog(session, realm)
                    .observe(entry.at(clock), likeness(door, judgement.device(), user, policies));
        } catch (RuntimeException e) {
            LOG.errorf(e, "a refusal at door %s in realm %s could not be recorded", door.id(), realm.getName());
        }
    }

    // NB. With the reason: a device that is refused for something else than a moment ago is no repetition.
    private static String likeness(
            Door door, Recognition device, UserModel user, List<AccessDecision.PolicyResult> policies) {
        var parts = new ArrayList<String>();
        parts.add(user.getId());
        parts.add(door.id());
        parts.add(
                device instanceof Unrecognised unrecognised
                        ? unrecognised.reason().id()
                        : "recognised");
        parts.add(deviceId(device).orElse(""));
        for (var policy : policies) {
            parts.add(policy.name());
            policy.unmet().forEach(unmet -> parts.add(unmet.control()));
        }
        return String.join("\n", parts);
    }

    private static Optional<String> deviceId(Recognition recognition) {
        return recognition instanceof Unrecognised unrecognised
                ? unrecognised.deviceId()
                : recognition.known().map(Device::id);
    }
}
