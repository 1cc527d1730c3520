package dev.sallyport.risk.realm;

import dev.sallyport.device.Device;
import dev.sallyport.device.Recognition;
import dev.sallyport.network.Place;
import dev.sallyport.risk.LoginAttempt;
import dev.sallyport.risk.Risk;
import dev.sallyport.risk.Risk.Level;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The risk of logins and of the sessions that follow them, and the history that it is judged by. Never throws: a risk that
 * cannot be assessed is unknown, and a history that cannot be written leaves what was new as new as it was. The history is
 * evidence, not the record; a login does not depend on it.
 */
public final class RiskAssessment {

    private static final Logger LOG = Logger.getLogger(RiskAssessment.class);

    /** The note of an authentication, and of a user session, that keeps what was said. */
    private static final String NOTE = "sallyport.risk";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final Clock clock;

    public RiskAssessment(KeycloakSession session, RealmModel realm, Clock clock) {
        this.session = session;
        this.realm = realm;
        this.clock = clock;
    }

    /**
     * The risk of an ongoing authentication, with its user. What is said first is remembered, so that whoever asks during one
     * login hears the same until it is complete, and so that the session that follows has it.
     */
    public Risk ofLogin(AuthenticationSessionModel authSession, Recognition device, Place place) {
        var user = authSession.getAuthenticatedUser();
        return remembered(authSession, user).orElseGet(() -> {
            var risk = evaluate(authSession, user, device, place);
            authSession.setAuthNote(NOTE, user.getId() + " " + risk.text());
            authSession.setUserSessionNote(NOTE, risk.text());
            return risk;
        });
    }

    /** As {@link #ofLogin}, but remembers nothing: who asks early must not settle what is asked when more has happened. */
    public Risk foresee(AuthenticationSessionModel authSession, Recognition device, Place place) {
        var user = authSession.getAuthenticatedUser();
        return remembered(authSession, user).orElseGet(() -> evaluate(authSession, user, device, place));
    }

    /**
     * Forgets what was said in this authentication.
     *
     * <p>NB. Since then somebody may have tried one password after the other, and a gate may stand before the password.
     */
    public void forget(AuthenticationSessionModel authSession) {
        authSession.removeAuthNote(NOTE);
    }

    /** The risk of a session, as it was assessed when its user was last at a browser door that asked. */
    public Risk ofSession(UserSessionModel userSession) {
        // NB. An application that logs in as itself has no habits; what its secret is worth is for networks to guard.
        if (userSession.getUser().getServiceAccountClientLink() != null) return Risk.of(Level.LOW);
        return Optional.ofNullable(userSession.getNote(NOTE)).map(Risk::parse).orElseGet(Risk::unknown);
    }

    /** Has a session keep the risk of the authentication that started or continued it. */
    public void bind(AuthenticationSessionModel authSession, UserSessionModel userSession) {
        remembered(authSession, userSession.getUser()).ifPresent(risk -> userSession.setNote(NOTE, risk.text()));
    }

    /**
     * Takes note of a login that is complete, nothing that could refuse it being left. One that was refused or abandoned is
     * never noted: what somebody only tried with does not become familiar.
     *
     * @param proven whether the user proved more than knowledge of a password
     * @param proofs when the user gave which kind of credential
     */
    public void completed(
            UserModel user, Recognition device, Place place, boolean proven, Map<String, Instant> proofs) {
        try {
            var mark = BrowserMark.shown(session).orElseGet(BrowserMark::random);
            mark.give(session);
            var login = attempt(device, Optional.of(mark), place);
            boolean owned = device.known().filter(known -> own(known, user)).isPresent();
            new JpaLoginHistoryStore(session, realm)
                    .change(user.getId(), history -> history.afterLogin(login, proven || owned)
                            .afterProofs(proofs));
        } catch (RuntimeException e) {
            LOG.errorf(e, "a login of user %s in realm %s was not noted", user.getId(), realm.getName());
        }
    }

    /** Takes note that somebody gave wrong credentials for the user. */
    public void failed(UserModel user) {
        try {
            var time = clock.instant();
            new JpaLoginHistoryStore(session, realm).change(user.getId(), history -> history.afterFailure(time));
        } catch (RuntimeException e) {
            LOG.errorf(e, "a failed login of user %s in realm %s was not noted", user.getId(), realm.getName());
        }
    }

    /**
     * Forgets the users that were removed together with a source of users, of which Keycloak tells nothing.
     *
     * @param source the id of the component
     */
    public void forgetUsersOf(String source) {
        new JpaLoginHistoryStore(session, realm).removeUsersOf(source);
    }

    private static Optional<Risk> remembered(AuthenticationSessionModel authSession, UserModel user) {
        // NB. Of this user: the one who started the authentication need not be the one who goes on with it.
        return Optional.ofNullable(authSession.getAuthNote(NOTE))
                .filter(note -> note.startsWith(user.getId() + " "))
                .map(note -> Risk.parse(note.substring(user.getId().length() + 1)));
    }

    private Risk evaluate(AuthenticationSessionModel authSession, UserModel user, Recognition device, Place place) {
        var attempt = attempt(device, BrowserMark.shown(session), place);
        var signIn = new SignIn(realm, user, authSession.getClient(), attempt, place);
        return Risk.together(session.getKeycloakSessionFactory()
                .getProviderFactoriesStream(RiskEvaluator.class)
                .flatMap(evaluator -> opinion(evaluator.getId(), signIn).stream())
                .toList());
    }

    private Optional<Risk> opinion(String evaluator, SignIn signIn) {
        try {
            return Objects.requireNonNull(
                    session.getProvider(RiskEvaluator.class, evaluator).evaluate(signIn));
        } catch (RuntimeException e) {
            LOG.errorf(e, "risk evaluator %s failed in realm %s", evaluator, realm.getName());
            return Optional.of(Risk.unknown());
        }
    }

    private LoginAttempt attempt(Recognition device, Optional<BrowserMark> mark, Place place) {
        var known = device.known()
                .map(proven -> "device:" + proven.id())
                .or(() -> mark.map(shown -> "browser:" + shown.fingerprint()));
        return LoginAttempt.at(clock.instant(), known, place);
    }

    // NB. A device that serves every user vouches for none of them.
    private static boolean own(Device device, UserModel user) {
        return device.status() == Device.Status.ACTIVE
                && device.ownerId().filter(user.getId()::equals).isPresent();
    }
}
