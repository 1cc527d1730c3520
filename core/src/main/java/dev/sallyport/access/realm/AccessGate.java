package dev.sallyport.access.realm;

import dev.sallyport.access.AccessContext;
import dev.sallyport.access.AccessContext.Authentication;
import dev.sallyport.access.AccessDecision;
import dev.sallyport.access.Door;
import dev.sallyport.access.PolicyEngine;
import dev.sallyport.access.PolicySet;
import dev.sallyport.access.Tags;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.device.realm.JpaDeviceStore;
import dev.sallyport.lock.realm.LockProvider;
import dev.sallyport.logic.Once;
import dev.sallyport.network.Address;
import dev.sallyport.network.Place;
import dev.sallyport.network.realm.Whereabouts;
import dev.sallyport.posture.realm.PosturePull;
import dev.sallyport.risk.Risk;
import dev.sallyport.risk.realm.RiskAssessment;
import dev.sallyport.session.realm.Reevaluation;
import dev.sallyport.session.realm.SessionIndex;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The one question that every door asks: may this request pass? Gathers the facts, has the realm's policies judge them,
 * and records what was refused and what would have been. Never throws; what goes wrong is a refusal.
 */
public final class AccessGate {

    private static final Logger LOG = Logger.getLogger(AccessGate.class);

    /** The note of a user session that keeps where it was, and how suspicious, when it was last at the last door. */
    private static final String JUDGED = "sallyport.judged";

    /** The note of a user session that keeps what the user's browser or device called itself when the session began. */
    private static final String USER_AGENT = "sallyport.user-agent";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Clock clock;
    private final boolean reportOnly;
    private final AuthenticationStrength strength;
    private final AccessRecord record;
    private final Supplier<PolicySet> policies;

    public AccessGate(KeycloakSession session) {
        this(session, session.getContext().getRealm(), Clock.systemUTC());
    }

    public AccessGate(KeycloakSession session, RealmModel realm, Clock clock) {
        this(session, realm, clock, AccessServer.reportOnly(session));
    }

    private AccessGate(KeycloakSession session, RealmModel realm, Clock clock, boolean reportOnly) {
        this(session, realm, clock, reportOnly, () -> AccessPolicyProvider.set(session, realm));
    }

    /**
     * For asking about many sessions at once, while no policy changes: a realm that is being changed in this very
     * transaction would have its policies compiled anew for each.
     */
    public static AccessGate ofRulesAsTheyAre(KeycloakSession session, RealmModel realm, Clock clock) {
        boolean reportOnly = AccessServer.reportOnly(session);
        return new AccessGate(
                session, realm, clock, reportOnly, Once.of(() -> AccessPolicyProvider.set(session, realm)));
    }

    private AccessGate(
            KeycloakSession session, RealmModel realm, Clock clock, boolean reportOnly, Supplier<PolicySet> policies) {
        this.policies = policies;
        this.session = session;
        this.realm = realm;
        this.clock = clock;
        this.reportOnly = reportOnly;
        this.strength = new AuthenticationStrength(session, realm, clock);
        this.record = new AccessRecord(session, realm, clock, reportOnly);
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
     * @param place where the user is
     * @param userAgent what the user's own browser or device calls itself; empty where another makes the request
     */
    record Request(
            Door door,
            UserModel user,
            ClientModel client,
            Set<String> audience,
            Optional<UserSessionModel> userSession,
            Supplier<Place> place,
            Supplier<Optional<String>> userAgent,
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
        Supplier<Place> place = () -> {
            var found = place(door, authSession);
            Whereabouts.remember(authSession, found);
            return found;
        };
        var request = atBrowser(
                door,
                authSession,
                ongoing,
                place,
                () -> recognise(door, authSession, ongoing),
                (device, from) -> risks().ofLogin(authSession, device, from));
        var judgement = judge(request, tags);
        record.of(request, judgement);
        record.count(judgement.decision(), authSession);
        return judgement;
    }

    /** As {@link #atBrowser(Door, AuthenticationSessionModel)}, when the login is complete: what was thought before may be old. */
    public Judgement atLast(Door door, AuthenticationSessionModel authSession) {
        risks().forget(authSession);
        return atBrowser(door, authSession);
    }

    /** What would be decided at {@link #atBrowser} now. Leaves neither a record nor a device, so it can be asked often. */
    public AccessDecision foresee(Door door, AuthenticationSessionModel authSession) {
        return foresee(door, authSession, look(door, authSession));
    }

    private AccessDecision foresee(Door door, AuthenticationSessionModel authSession, Recognition recognition) {
        var ongoing = ongoing(door, authSession, authSession.getAuthenticatedUser());
        var request = atBrowser(
                door,
                authSession,
                ongoing,
                () -> place(door, authSession),
                () -> recognition,
                (device, from) -> risks().foresee(authSession, device, from));
        return judge(request, Tags.ALL_POLICIES).decision();
    }

    private Request atBrowser(
            Door door,
            AuthenticationSessionModel authSession,
            Optional<UserSessionModel> ongoing,
            Supplier<Place> place,
            Supplier<Recognition> device,
            BiFunction<Recognition, Place, Risk> risk) {
        return new Request(
                door,
                authSession.getAuthenticatedUser(),
                authSession.getClient(),
                Set.of(),
                ongoing,
                place,
                () -> fromUser(door, authSession) ? userAgent() : Optional.empty(),
                device,
                () -> strength.ofLogin(door, authSession, ongoing),
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
        if (!fromUser(door, authSession)) return Recognition.unrecognised(Recognition.Reason.NO_PROOF);
        return sighted(devices().ofRequest(authSession.getAuthenticatedUser(), ongoing));
    }

    /**
     * Takes note that a login begins, before it is known whose: while the password is being typed there is time to ask about
     * the device. Never throws.
     */
    public static void prepare(KeycloakSession session) {
        var realm = session.getContext().getRealm();
        try {
            if (!PosturePull.sourcesOf(session, realm)) return;
            new DeviceRecognition(session, realm, Clock.systemUTC())
                    .inSight()
                    .ifPresent(device -> PosturePull.sighted(session, realm, device));
        } catch (RuntimeException e) {
            LOG.errorf(e, "the device that comes into sight in realm %s could not be looked at", realm.getName());
        }
    }

    private Recognition sighted(Recognition recognition) {
        recognition.known().ifPresent(device -> PosturePull.sighted(session, realm, device));
        return recognition;
    }

    /**
     * How long to wait for what sources are about to say of the device, before this login is judged; empty when there is
     * nothing to wait for. Worth it only where it may matter: if the login would be refused by what is known, or, as long as
     * some source was never asked, if nothing were.
     *
     * @param anew whether to ask again because of that, however young the answers are: a device that was repaired gets in at
     *     its next try
     */
    public Optional<Duration> answersAwaited(Door door, AuthenticationSessionModel authSession, boolean anew) {
        if (!(look(door, authSession) instanceof Recognised recognised)) return Optional.empty();
        var device = recognised.device();
        if (!PosturePull.sourcesOf(session, realm)) return Optional.empty();
        boolean unheard = PosturePull.unheard(session, realm, device);
        var decision = foresee(door, authSession, unheard ? nothingKnown(recognised) : recognised);
        if (decision.outcome() != AccessDecision.Outcome.DENY
                || !decision.locks().isEmpty()) return Optional.empty();
        if (anew) PosturePull.needed(session, realm, device);
        var time = PosturePull.underway(session, realm, device.id());
        // NB. What was on its way may have landed since this transaction read the device.
        if (time.isEmpty()) new JpaDeviceStore(session, realm).readAnew(device.id());
        return time;
    }

    private static Recognition nothingKnown(Recognised recognised) {
        return new Recognised(recognised.device().withoutPosture(), recognised.method());
    }

    // NB. A confidential client that logs a user in by itself presents its own certificate and comes from its own
    // address, not the user's.
    private static boolean fromUser(Door door, AuthenticationSessionModel authSession) {
        return door != Door.DIRECT_GRANT || authSession.getClient().isPublicClient();
    }

    private Place place(Door door, AuthenticationSessionModel authSession) {
        return fromUser(door, authSession)
                ? whereabouts().ofRequest()
                : whereabouts().unknown();
    }

    private Whereabouts whereabouts() {
        return new Whereabouts(session, realm);
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
                door,
                userSession,
                client,
                audience,
                () -> sighted(devices().ofSession(userSession, userSession.getUser())));
        var judgement = judge(request, tags);
        record.of(request, judgement);
        return judgement;
    }

    private Request ofSession(
            Door door,
            UserSessionModel userSession,
            ClientModel client,
            Set<String> audience,
            Supplier<Recognition> device) {
        boolean service = Optional.ofNullable(userSession.getUser())
                .map(UserModel::getServiceAccountClientLink)
                .isPresent();
        // NB. A public client runs on the user's own device: a session that is carried elsewhere is seen to move.
        boolean fromUser = service || (client.isPublicClient() && door.askedByClient());
        return new Request(
                door,
                userSession.getUser(),
                client,
                audience,
                Optional.of(userSession),
                () -> fromUser ? whereabouts().ofRequest() : whereabouts().ofSession(userSession),
                () -> fromUser ? userAgent() : Optional.empty(),
                device,
                () -> strength.ofSession(userSession, client),
                (recognition, place) -> risks().ofSession(userSession));
    }

    /**
     * Judges a request for a user who has no session: no device is known, and nothing of an authentication.
     *
     * @param audience the client ids that the token reaches; empty where that is not known yet
     */
    public Judgement withoutSession(Door door, UserModel user, ClientModel client, Set<String> audience) {
        var request = ofNobody(door, user, client, audience, strength.none());
        var judgement = judge(request, Tags.ALL_POLICIES);
        record.of(request, judgement);
        return judgement;
    }

    /**
     * Judges, as soon as it is asked for, what the user will have approved elsewhere: a session that begins now, on no
     * device. Nobody should be asked to approve what would be refused.
     */
    public Judgement beforeSession(Door door, UserModel user, ClientModel client) {
        var request = ofNobody(door, user, client, Set.of(), strength.begun());
        var judgement = judge(request, Tags.ALL_POLICIES);
        record.of(request, judgement);
        return judgement;
    }

    /**
     * What would be decided for somebody who is not here but was named by somebody else: without a device, and without an
     * authentication. Leaves no record, since nobody came to a door.
     */
    public AccessDecision foreseeAbsent(
            Door door, UserModel user, ClientModel client, Set<String> audience, Tags tags) {
        return judge(ofNobody(door, user, client, audience, strength.none()), tags)
                .decision();
    }

    private Request ofNobody(
            Door door, UserModel user, ClientModel client, Set<String> audience, Authentication authentication) {
        return new Request(
                door,
                user,
                client,
                audience,
                Optional.empty(),
                whereabouts()::unknown,
                Optional::empty,
                () -> Recognition.unrecognised(Recognition.Reason.NO_PROOF),
                () -> authentication,
                (recognition, place) -> Risk.unknown());
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

    /**
     * What a session that exists is told while nobody asks: at a back-channel door, from where its browser last was. Leaves
     * no record, since nobody came to a door.
     */
    public AccessDecision standing(UserSessionModel userSession, ClientModel client) {
        boolean service = userSession.getUser().getServiceAccountClientLink() != null;
        var clientSession = Optional.ofNullable(userSession.getAuthenticatedClientSessionByClient(client.getId()));
        var request = new Request(
                service ? Door.SERVICE_ACCOUNT : Door.REFRESH,
                userSession.getUser(),
                client,
                clientSession.map(IssuedAudience::lastOf).orElse(Set.of()),
                Optional.of(userSession),
                () -> whereabouts().ofSession(userSession),
                () -> Optional.ofNullable(userSession.getNote(USER_AGENT)).filter(known -> client.isPublicClient()),
                () -> devices().ofSession(userSession, userSession.getUser()),
                () -> strength.ofSession(userSession, client),
                (recognition, place) -> risks().ofSession(userSession));
        return judge(request, Tags.ALL_POLICIES).decision();
    }

    /** Judges facts that were gathered elsewhere, without a record, and says of every policy why it does not apply. */
    public AccessDecision preview(AccessContext context) {
        return decide(
                context, Optional.empty(), () -> PolicyEngine.explain(AccessPolicyProvider.policies(realm), context));
    }

    /**
     * Takes note of a login that passed the last door, for the risk of later ones.
     *
     * @param judgement what the last door was told
     * @param secondFactor whether the user gave one during this authentication
     * @param privileges whether the realm has any, so that logins are remembered though no policy may ask
     */
    public void completed(
            Door door,
            AuthenticationSessionModel authSession,
            UserSessionModel userSession,
            Judgement judgement,
            boolean secondFactor,
            boolean privileges) {
        var place = place(door, authSession);
        Whereabouts.remember(userSession, place);
        risks().bind(authSession, userSession);
        if (fromUser(door, authSession)) rememberUserAgent(userSession);
        new SessionIndex(session, realm).keep(userSession);
        if (changed(userSession)) {
            Reevaluation.ofUser(session, realm, userSession.getUser().getId());
        }
        if (door != Door.SSO_REENTRY) Reauthentication.given(session, realm, userSession);
        // NB. A re-entry is the cookie's, not the user's, until the user gave something; and an administrator who looks
        // at what a user's assertion would be makes a transient session.
        boolean login = door != Door.SSO_REENTRY || secondFactor;
        boolean real = userSession.getPersistenceState() != UserSessionModel.SessionPersistenceState.TRANSIENT;
        if (login && real && (privileges || AccessPolicyProvider.any(realm))) {
            var proofs = new CompletedSteps(session, realm).proofs(authSession);
            risks().completed(userSession.getUser(), judgement.device(), place, secondFactor, proofs);
        }
    }

    // NB. The applications that are in the session already were judged by where it was then, and how suspicious.
    private boolean changed(UserSessionModel userSession) {
        var place = whereabouts().ofSession(userSession).address().map(Address::toString);
        var now = place.orElse("") + " " + risks().ofSession(userSession).text();
        var before = Optional.ofNullable(userSession.getNote(JUDGED));
        if (before.filter(now::equals).isPresent()) return false;
        userSession.setNote(JUDGED, now);
        return before.isPresent();
    }

    /**
     * Takes note of a session that holds a token, so that it is found when something changes.
     *
     * @param client the client that has the token
     */
    public void issued(UserSessionModel userSession, ClientModel client) {
        var index = new SessionIndex(session, realm);
        if (index.knows(userSession)) return;
        // NB. Not every login comes by a browser's last door, which would have seen where it is.
        boolean service = userSession.getUser().getServiceAccountClientLink() != null;
        if ((service || client.isPublicClient()) && !Whereabouts.remembered(userSession)) {
            Whereabouts.remember(userSession, whereabouts().ofRequest());
            rememberUserAgent(userSession);
        }
        index.keep(userSession);
    }

    private void rememberUserAgent(UserSessionModel userSession) {
        userAgent()
                .map(text -> text.substring(0, Math.min(text.length(), 500)))
                .filter(text -> !text.equals(userSession.getNote(USER_AGENT)))
                .ifPresent(text -> userSession.setNote(USER_AGENT, text));
    }

    private DeviceRecognition devices() {
        return new DeviceRecognition(session, realm, clock);
    }

    private RiskAssessment risks() {
        return new RiskAssessment(session, realm, clock);
    }

    private Optional<String> userAgent() {
        return Optional.ofNullable(session.getContext().getRequestHeaders())
                .map(headers -> headers.getHeaderString(HttpHeaders.USER_AGENT));
    }

    private Judgement judge(Request request, Tags tags) {
        Recognition recognition = Recognition.unrecognised(Recognition.Reason.FAILED);
        try {
            recognition = request.device().get();
            var recognised = recognition;
            var place = request.place().get();
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
                    request.userAgent().get(),
                    clock.instant());
            var decision =
                    decide(context, request.userSession(), () -> PolicyEngine.decide(policies.get(), tags, context));
            return new Judgement(decision, recognition);
        } catch (RuntimeException e) {
            LOG.errorf(
                    e,
                    "facts at door %s in realm %s could not be gathered",
                    request.door().id(),
                    realm.getName());
            return new Judgement(AccessDecision.failed(), recognition);
        }
    }

    private AccessDecision decide(
            AccessContext context, Optional<UserSessionModel> ongoing, Supplier<AccessDecision> byPolicies) {
        try {
            // NB. A locked device stays locked also for whoever does not let it prove itself.
            var startedOn = ongoing.map(DeviceRecognition::startedOn).orElse(Set.of());
            var devices = Stream.concat(startedOn.stream(), context.device().deviceId().stream())
                    .collect(Collectors.toUnmodifiableSet());
            var bars = LockProvider.bars(realm, context.subject().id(), devices, context.time());
            var decision = byPolicies.get().at(context.askedRisk());
            var demanded = ongoing.flatMap(userSession ->
                    Reauthentication.unmet(userSession, context.authentication().at()));
            return (reportOnly ? decision.withoutEffect() : decision)
                    .demanding(demanded)
                    .barredBy(bars);
        } catch (RuntimeException e) {
            LOG.errorf(e, "no decision at door %s in realm %s", context.door().id(), realm.getName());
            return AccessDecision.failed();
        }
    }

    /** Whether the realm has a client of that id; from the realm cache. */
    public boolean clientExists(String clientId) {
        return realm.getClientByClientId(clientId) != null;
    }

    // NB. On re-entry the session is the one that the identity cookie names. The cookie that names the authentication
    // is
    // another one, and whoever stole the first need not have the second.
    private Optional<UserSessionModel> ongoing(Door door, AuthenticationSessionModel authSession, UserModel user) {
        var userSession = door == Door.SSO_REENTRY
                ? Reauthentication.entered(session, realm, authSession).or(this::ofCookie)
                : Optional.ofNullable(session.sessions()
                        .getUserSession(realm, authSession.getParentSession().getId()));
        return userSession.filter(
                found -> found.getUser() != null && found.getUser().getId().equals(user.getId()));
    }

    private Optional<UserSessionModel> ofCookie() {
        return Optional.ofNullable(AuthenticationManager.authenticateIdentityCookie(session, realm, true))
                .map(AuthenticationManager.AuthResult::session);
    }

    /**
     * What somebody has shown of themselves, for rules other than the realm's access policies.
     *
     * @param ongoing the session that calls, is re-entered or joined; empty when there is none yet
     */
    public record Standing(Optional<UserSessionModel> ongoing, Authentication authentication, Recognition device) {}

    /** What was shown in a session, for that client; the device is the one that the session was started on. */
    public Standing standingOf(UserSessionModel userSession, ClientModel client) {
        return new Standing(
                Optional.of(userSession),
                strength.ofSession(userSession, client),
                sighted(devices().ofSession(userSession, userSession.getUser())));
    }

    /** What was shown in a login that goes on; the device is proven anew, and nothing is bound to it. */
    public Standing standingOf(Door door, AuthenticationSessionModel authSession) {
        var ongoing = ongoing(door, authSession, authSession.getAuthenticatedUser());
        return new Standing(ongoing, strength.ofLogin(door, authSession, ongoing), look(door, authSession, ongoing));
    }

    /** The realm's names of levels; a client's own map is not asked. */
    public Map<String, Integer> levels() {
        return strength.levels();
    }

    /** @return the level that a policy means by that name; empty when the realm knows none */
    public Optional<Integer> levelOf(String acr) {
        return new Authentication(Constants.NO_LOA, levels(), Optional.empty()).levelOf(acr);
    }
}
