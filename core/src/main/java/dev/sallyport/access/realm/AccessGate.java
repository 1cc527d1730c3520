package dev.sallyport.access.realm;

import dev.sallyport.access.AccessContext;
import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.access.AccessDecision;
import dev.sallyport.access.Door;
import dev.sallyport.access.Impact;
import dev.sallyport.access.PolicyEngine;
import dev.sallyport.access.Tags;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.device.Device;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.device.Recognition.Unrecognised;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.lock.realm.LockProvider;
import dev.sallyport.network.Address;
import dev.sallyport.network.Atlas;
import dev.sallyport.network.Place;
import dev.sallyport.risk.Risk;
import dev.sallyport.risk.realm.RiskAssessment;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.oidc.utils.AcrUtils;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The one question that every door asks: may this request pass? Gathers the facts, has the realm's policies judge them,
 * and records what was refused and what would have been. Never throws; what goes wrong is a refusal.
 */
public final class AccessGate {

    private static final Logger LOG = Logger.getLogger(AccessGate.class);

    /** The policies whose impact on this sign-in has been counted. */
    private static final String COUNTED = "sallyport.counted";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Clock clock;
    private final boolean reportOnly;

    public AccessGate(KeycloakSession session) {
        this(session, session.getContext().getRealm(), Clock.systemUTC());
    }

    public AccessGate(KeycloakSession session, RealmModel realm, Clock clock) {
        this(session, realm, clock, AccessServer.reportOnly(session));
    }

    private AccessGate(KeycloakSession session, RealmModel realm, Clock clock, boolean reportOnly) {
        this.session = session;
        this.realm = realm;
        this.clock = clock;
        this.reportOnly = reportOnly;
    }

    /**
     * A decision together with what it was about, so that the one who is refused can be told.
     *
     * @param device the device as it was recognised
     */
    public record Judgement(AccessDecision decision, Recognition device) {}

    /**
     * Who wants what, and how those facts are found out that may be costly to tell or fail to be told.
     *
     * @param userSession the session that is asked for, or that goes on; empty when there is none yet
     */
    private record Request(
            Door door,
            UserModel user,
            ClientModel client,
            Set<String> audience,
            Optional<UserSessionModel> userSession,
            Supplier<Recognition> device,
            Supplier<Authentication> authentication,
            BiFunction<Recognition, Place, Risk> risk) {}

    /**
     * Judges a request that the user's own browser or device makes: the device is proven anew. A recognised device is bound
     * to the session that follows.
     *
     * @param authSession the ongoing authentication, with its user
     */
    public Judgement atBrowser(Door door, AuthenticationSessionModel authSession) {
        return atBrowser(door, authSession, Tags.ALL_POLICIES);
    }

    /** As {@link #atBrowser(Door, AuthenticationSessionModel)}, by some of the policies: to stop early what they refuse. */
    public Judgement atBrowser(Door door, AuthenticationSessionModel authSession, Tags tags) {
        var ongoing = ongoing(door, authSession, authSession.getAuthenticatedUser());
        var request = atBrowser(
                door,
                authSession,
                ongoing,
                () -> recognise(door, authSession, ongoing),
                (device, place) -> risks().ofLogin(authSession, device, place));
        var judgement = judge(request, tags);
        record(request, judgement);
        count(judgement.decision(), authSession);
        return judgement;
    }

    /** As {@link #atBrowser(Door, AuthenticationSessionModel)}, when the login is complete: what was thought before may be old. */
    public Judgement atLast(Door door, AuthenticationSessionModel authSession) {
        risks().forget(authSession);
        return atBrowser(door, authSession);
    }

    /** What would be decided at {@link #atBrowser} now. Leaves neither a record nor a device, so it can be asked often. */
    public AccessDecision foresee(Door door, AuthenticationSessionModel authSession) {
        var ongoing = ongoing(door, authSession, authSession.getAuthenticatedUser());
        var request = atBrowser(
                door, authSession, ongoing, () -> look(door, authSession, ongoing), (device, place) -> risks().foresee(
                                authSession, device, place));
        return judge(request, Tags.ALL_POLICIES).decision();
    }

    private Request atBrowser(
            Door door,
            AuthenticationSessionModel authSession,
            Optional<UserSessionModel> ongoing,
            Supplier<Recognition> device,
            BiFunction<Recognition, Place, Risk> risk) {
        return new Request(
                door,
                authSession.getAuthenticatedUser(),
                authSession.getClient(),
                Set.of(),
                ongoing,
                device,
                () -> authentication(door, authSession, ongoing),
                risk);
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
        var recognition = look(door, authSession, ongoing);
        if (recognition instanceof Recognised recognised) DeviceRecognition.bind(authSession, recognised);
        return recognition;
    }

    /** As {@link #recognise}, but binds nothing. */
    public Recognition look(Door door, AuthenticationSessionModel authSession) {
        return look(door, authSession, ongoing(door, authSession, authSession.getAuthenticatedUser()));
    }

    private Recognition look(Door door, AuthenticationSessionModel authSession, Optional<UserSessionModel> ongoing) {
        // NB. A confidential client that logs a user in by itself presents its own certificate, not the user's.
        if (door == Door.DIRECT_GRANT && !authSession.getClient().isPublicClient()) {
            return Recognition.unrecognised(Recognition.Reason.NO_PROOF);
        }
        return new DeviceRecognition(session, realm, clock).ofRequest(authSession.getAuthenticatedUser(), ongoing);
    }

    /**
     * Judges a request that an application makes for a session: the device is the one that the session was started on.
     *
     * @param client the client that asks; at introspection the one that the token was issued to
     * @param audience the client ids that the token reaches; empty where that is not known yet
     */
    public Judgement atBackChannel(Door door, UserSessionModel userSession, ClientModel client, Set<String> audience) {
        return atBackChannel(door, userSession, client, audience, Tags.ALL_POLICIES);
    }

    /** As {@link #atBackChannel(Door, UserSessionModel, ClientModel, Set)}, by some of the policies. */
    public Judgement atBackChannel(
            Door door, UserSessionModel userSession, ClientModel client, Set<String> audience, Tags tags) {
        var request = ofSession(
                door, userSession, client, audience, () -> devices().ofSession(userSession, userSession.getUser()));
        var judgement = judge(request, tags);
        record(request, judgement);
        return judgement;
    }

    private Request ofSession(
            Door door,
            UserSessionModel userSession,
            ClientModel client,
            Set<String> audience,
            Supplier<Recognition> device) {
        return new Request(
                door,
                userSession.getUser(),
                client,
                audience,
                Optional.of(userSession),
                device,
                () -> authentication(userSession, client),
                (recognition, place) -> risks().ofSession(userSession));
    }

    /**
     * Judges a request for a user who has no session: no device is known, and nothing of an authentication.
     *
     * @param audience the client ids that the token reaches; empty where that is not known yet
     */
    public Judgement withoutSession(Door door, UserModel user, ClientModel client, Set<String> audience) {
        var request = ofNobody(door, user, client, audience, nobodyAuthenticated());
        var judgement = judge(request, Tags.ALL_POLICIES);
        record(request, judgement);
        return judgement;
    }

    /**
     * Judges, as soon as it is asked for, what the user will have approved elsewhere: a session that begins now, on no
     * device. Nobody should be asked to approve what would be refused.
     */
    public Judgement beforeSession(Door door, UserModel user, ClientModel client) {
        var approved = new Authentication(1, levels(), Optional.of(clock.instant()));
        var request = ofNobody(door, user, client, Set.of(), approved);
        var judgement = judge(request, Tags.ALL_POLICIES);
        record(request, judgement);
        return judgement;
    }

    /**
     * What would be decided for somebody who is not here but was named by somebody else: without a device, and without an
     * authentication. Leaves no record, since nobody came to a door.
     */
    public AccessDecision foreseeAbsent(
            Door door, UserModel user, ClientModel client, Set<String> audience, Tags tags) {
        return judge(ofNobody(door, user, client, audience, nobodyAuthenticated()), tags)
                .decision();
    }

    private static Request ofNobody(
            Door door, UserModel user, ClientModel client, Set<String> audience, Authentication authentication) {
        return new Request(
                door,
                user,
                client,
                audience,
                Optional.empty(),
                () -> Recognition.unrecognised(Recognition.Reason.NO_PROOF),
                () -> authentication,
                (recognition, place) -> Risk.unknown());
    }

    private Authentication nobodyAuthenticated() {
        return new Authentication(Constants.MINIMUM_LOA, levels(), Optional.empty());
    }

    /**
     * What a session would be told at a back-channel door, without a record, and as if the server enforced: for whoever is
     * about to change what is enforced.
     *
     * @param device in place of the one that the session was started on
     */
    public AccessDecision forecast(
            Door door,
            UserSessionModel userSession,
            ClientModel client,
            Set<String> audience,
            Supplier<Recognition> device) {
        var enforcing = new AccessGate(session, realm, clock, false);
        return enforcing
                .judge(ofSession(door, userSession, client, audience, device), Tags.ALL_POLICIES)
                .decision();
    }

    /** Judges facts that were gathered elsewhere, without a record, and says of every policy why it does not apply. */
    public AccessDecision preview(AccessContext context) {
        return decide(context, Set.of(), () -> PolicyEngine.explain(AccessPolicyProvider.policies(realm), context));
    }

    /**
     * Takes note of a login that passed the last door, for the risk of later ones.
     *
     * @param judgement what the last door was told
     * @param secondFactor whether the user gave one during this authentication
     */
    public void completed(
            Door door,
            AuthenticationSessionModel authSession,
            UserSessionModel userSession,
            Judgement judgement,
            boolean secondFactor) {
        risks().bind(authSession, userSession);
        // NB. A re-entry is the cookie's, not the user's, until the user gave something; and an administrator who looks
        // at what a user's assertion would be makes a transient session.
        boolean login = door != Door.SSO_REENTRY || secondFactor;
        boolean real = userSession.getPersistenceState() != UserSessionModel.SessionPersistenceState.TRANSIENT;
        if (login && real && AccessPolicyProvider.any(realm)) {
            risks().completed(userSession.getUser(), judgement.device(), here(), secondFactor);
        }
    }

    private DeviceRecognition devices() {
        return new DeviceRecognition(session, realm, clock);
    }

    private RiskAssessment risks() {
        return new RiskAssessment(session, realm, clock);
    }

    private Place here() {
        return new Place(
                Optional.ofNullable(session.getContext().getConnection()).flatMap(c -> Address.of(c.getRemoteAddr())),
                Atlas.BLANK,
                Map.of());
    }

    private Judgement judge(Request request, Tags tags) {
        Recognition recognition = Recognition.unrecognised(Recognition.Reason.FAILED);
        try {
            recognition = request.device().get();
            var recognised = recognition;
            var place = here();
            var context = new AccessContext(
                    request.door(),
                    new RealmSubject(session, realm, request.user()),
                    request.client().getClientId(),
                    request.client()::getAttributes,
                    request.audience(),
                    this::clientExists,
                    recognition,
                    request.authentication().get(),
                    place,
                    () -> request.risk().apply(recognised, place),
                    Optional.empty(),
                    clock.instant());
            var startedOn =
                    request.userSession().map(DeviceRecognition::startedOn).orElse(Set.of());
            return new Judgement(decide(context, tags, startedOn), recognition);
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "facts at door %s in realm %s could not be gathered",
                    request.door().id(),
                    realm.getName());
            return new Judgement(AccessDecision.failed(), recognition);
        }
    }

    private AccessDecision decide(AccessContext context, Tags tags, Set<String> startedOn) {
        return decide(
                context, startedOn, () -> PolicyEngine.decide(AccessPolicyProvider.set(session, realm), tags, context));
    }

    /** @param startedOn the device that the ongoing session was started on, whatever is shown now */
    private AccessDecision decide(AccessContext context, Set<String> startedOn, Supplier<AccessDecision> byPolicies) {
        try {
            // NB. A locked device stays locked also for whoever does not let it prove itself.
            var devices = Stream.concat(startedOn.stream(), deviceId(context.device()).stream())
                    .collect(Collectors.toUnmodifiableSet());
            var bars = LockProvider.bars(realm, context.subject().id(), devices, context.time());
            var decision = byPolicies.get().at(context.askedRisk());
            return (reportOnly ? decision.withoutEffect() : decision).barredBy(bars);
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
                ? ongoing.filter(this::beganWithLogin).flatMap(AccessGate::authenticatedAt)
                : Optional.ofNullable(authSession.getClientNote(AuthenticationManager.AUTH_TIME_BROKER))
                        .flatMap(AccessGate::seconds)
                        .or(() -> Optional.of(clock.instant()));
        return new Authentication(level(level, sso), levels(), at);
    }

    private Authentication authentication(UserSessionModel userSession, ClientModel client) {
        if (!beganWithLogin(userSession)) return nobodyAuthenticated();
        var clientSession = Optional.ofNullable(userSession.getAuthenticatedClientSessionByClient(client.getId()));
        int level = clientSession.map(AccessGate::level).orElse(Constants.MINIMUM_LOA);
        return new Authentication(level, levels(), authenticatedAt(userSession));
    }

    // NB. Impersonation, assertions of other issuers and service accounts make sessions too, and those begin without
    // anybody having shown who they are. A login leaves the protocol that it came by.
    private boolean beganWithLogin(UserSessionModel userSession) {
        var method = userSession.getAuthMethod();
        return method != null
                && session.getKeycloakSessionFactory().getProviderFactory(LoginProtocol.class, method) != null;
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

    /**
     * Counts what each policy did to a sign-in, once a sign-in and as it was first judged: gate, required action and last
     * door all ask, and "Try again" asks anew.
     */
    private void count(AccessDecision decision, AuthenticationSessionModel authSession) {
        try {
            countNew(decision, authSession);
        } catch (RuntimeException e) {
            LOG.errorf(e, "a sign-in to realm %s could not be counted", realm.getName());
        }
    }

    private void countNew(AccessDecision decision, AuthenticationSessionModel authSession) {
        var impacts = Impact.of(decision);
        var counted = Optional.ofNullable(authSession.getAuthNote(COUNTED))
                .map(note -> List.of(note.split("\n")))
                .orElse(List.of());
        impacts.keySet().removeAll(counted);
        if (impacts.isEmpty()) return;
        var names = Stream.concat(counted.stream(), impacts.keySet().stream());
        authSession.setAuthNote(COUNTED, names.collect(Collectors.joining("\n")));
        var day = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        AccessServer.impact(session)
                .ifPresent(server -> impacts.forEach((policy, impact) -> server.count(realm, day, policy, impact)));
    }

    private void record(Request request, Judgement judgement) {
        var decision = judgement.decision();
        if (reportOnly) recordSuspension();
        if (!decision.allowed()) {
            var type = decision.outcome() == AccessDecision.Outcome.STEP_UP ? "access.step-up" : "access.denied";
            observe(type, request, judgement, decision.refusing().toList());
        }
        var wouldRefuse = decision.wouldRefuse().toList();
        if (!wouldRefuse.isEmpty()) observe("access.report-only", request, judgement, wouldRefuse);
    }

    /** The first time since the start that a realm is asked about while nothing is enforced. */
    private void recordSuspension() {
        if (AccessServer.of(session).filter(server -> server.firstSeen(realm)).isEmpty()) return;
        var entry = AuditEntries.system(session, "access.suspended").with("option", AccessServer.OPTION);
        new JpaAuditLog(session, realm).observe(entry.at(clock), realm.getId());
    }

    private void observe(
            String type, Request request, Judgement judgement, List<AccessDecision.PolicyResult> policies) {
        try {
            var entry = AuditEntries.of(session, type)
                    .by(request.user())
                    .through(request.client())
                    .on(deviceId(judgement.device()))
                    .with("door", request.door())
                    .with("policies", policies);
            if (judgement.device() instanceof Unrecognised unrecognised) entry.with("device", unrecognised.reason());
            var locks = judgement.decision().locks();
            if (!locks.isEmpty()) entry.with("locks", locks);
            judgement.decision().risk().ifPresent(risk -> entry.with("risk", risk));
            request.userSession().ifPresent(entry::in);
            new JpaAuditLog(session, realm).observe(entry.at(clock), likeness(request, judgement, policies));
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "a refusal at door %s in realm %s could not be recorded",
                    request.door().id(),
                    realm.getName());
        }
    }

    // NB. With the reason: a device that is refused for something else than a moment ago is no repetition.
    private static String likeness(Request request, Judgement judgement, List<AccessDecision.PolicyResult> policies) {
        var device = judgement.device();
        var parts = new ArrayList<String>();
        parts.add(request.user().getId());
        parts.add(request.door().id());
        parts.add(
                device instanceof Unrecognised unrecognised
                        ? unrecognised.reason().id()
                        : "recognised");
        parts.add(deviceId(device).orElse(""));
        parts.add(judgement.decision().risk().map(Risk::text).orElse(""));
        judgement.decision().locks().forEach(bar -> parts.add(bar.lock()));
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
