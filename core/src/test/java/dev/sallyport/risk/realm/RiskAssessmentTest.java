package dev.sallyport.risk.realm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.device.Recognition;
import dev.sallyport.network.Place;
import dev.sallyport.risk.Risk;
import dev.sallyport.risk.Risk.Level;
import jakarta.ws.rs.core.HttpHeaders;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.sessions.AuthenticationSessionModel;

class RiskAssessmentTest {

    private static final Recognition UNRECOGNISED = Recognition.unrecognised(Recognition.Reason.NO_PROOF);

    private final Map<String, RiskEvaluator> evaluators = new LinkedHashMap<>();
    private final Map<String, String> authNotes = new HashMap<>();
    private final Map<String, String> sessionNotes = new HashMap<>();
    private String user = "ann";

    private RiskAssessment assessment() {
        return new RiskAssessment(
                session(), fake(RealmModel.class, Map.of("getName", args -> "realm")), Clock.systemUTC());
    }

    private Risk assess() {
        return assessment().ofLogin(authentication(), UNRECOGNISED, Place.unknown());
    }

    @Test
    void allEvaluatorsAreAsked() {
        evaluators.put("one", signIn -> Optional.of(Risk.of(Level.LOW, "a")));
        evaluators.put("two", signIn -> Optional.of(Risk.of(Level.MEDIUM, "b")));
        evaluators.put("three", signIn -> Optional.empty());

        assertThat(assess()).isEqualTo(Risk.of(Level.MEDIUM, "a", "b"));
    }

    @Test
    void evaluatorThatFailsMakesTheRiskUnknown() {
        evaluators.put("good", signIn -> Optional.of(Risk.of(Level.LOW, "a")));
        evaluators.put("broken", signIn -> {
            throw new IllegalStateException("broken");
        });

        assertThat(assess()).isEqualTo(new Risk(Optional.empty(), List.of("a")));
    }

    @Test
    @SuppressWarnings({"OptionalAssignedToNull", "NullOptional"})
    void evaluatorThatAnswersNullMakesTheRiskUnknown() {
        evaluators.put("broken", signIn -> null);

        assertThat(assess()).isEqualTo(Risk.unknown());
    }

    @Test
    void withoutEvaluatorsTheRiskIsUnknown() {
        assertThat(assess()).isEqualTo(Risk.unknown());
    }

    @Test
    void oneLoginIsAssessedOnceAndItsSessionKeepsWhatWasSaid() {
        var asked = new AtomicInteger();
        evaluators.put(
                "moody",
                signIn -> Optional.of(asked.incrementAndGet() == 1 ? Risk.of(Level.HIGH, "a") : Risk.of(Level.LOW)));

        assertThat(assess()).isEqualTo(Risk.of(Level.HIGH, "a"));
        assertThat(assess()).isEqualTo(Risk.of(Level.HIGH, "a"));
        assertThat(sessionNotes).containsExactly(Map.entry("sallyport.risk", "high a"));
    }

    @Test
    void assessmentThatWasForgottenIsMadeAnew() {
        var asked = new AtomicInteger();
        evaluators.put("counting", signIn -> Optional.of(Risk.of(Level.LOW, "asked-" + asked.incrementAndGet())));
        assess();

        assessment().forget(authentication());

        assertThat(assess()).isEqualTo(Risk.of(Level.LOW, "asked-2"));
        assertThat(sessionNotes).containsExactly(Map.entry("sallyport.risk", "low asked-2"));
    }

    @Test
    void foreseeingSettlesNothing() {
        evaluators.put("calm", signIn -> Optional.of(Risk.of(Level.LOW)));
        var foreseen = assessment().foresee(authentication(), UNRECOGNISED, Place.unknown());
        evaluators.put("alarmed", signIn -> Optional.of(Risk.of(Level.HIGH)));

        assertThat(foreseen).isEqualTo(Risk.of(Level.LOW));
        assertThat(assess()).isEqualTo(Risk.of(Level.HIGH));
    }

    @Test
    void anotherUserOfTheSameAuthenticationIsAssessedAnew() {
        evaluators.put(
                "named", signIn -> Optional.of(Risk.of(Level.LOW, signIn.user().getId())));
        assess();
        user = "ann2";

        assertThat(assess()).isEqualTo(Risk.of(Level.LOW, "ann2"));
    }

    @Test
    void sessionWithoutAnAssessmentIsOfUnknownRisk() {
        assertThat(ofSession(null)).isEqualTo(Risk.unknown());
        assertThat(ofSession("medium new-device")).isEqualTo(Risk.of(Level.MEDIUM, "new-device"));
    }

    private Risk ofSession(String note) {
        var session = fake(
                UserSessionModel.class,
                Map.of("getUser", args -> fake(UserModel.class, Map.of()), "getNote", args -> note));
        return assessment().ofSession(session);
    }

    private AuthenticationSessionModel authentication() {
        return fake(
                AuthenticationSessionModel.class,
                Map.of(
                        "getAuthenticatedUser",
                        args -> fake(UserModel.class, Map.of("getId", none -> user)),
                        "getAuthNote",
                        args -> authNotes.get(args[0]),
                        "setAuthNote",
                        args -> authNotes.put((String) args[0], (String) args[1]),
                        "removeAuthNote",
                        args -> authNotes.remove(args[0]),
                        "setUserSessionNote",
                        args -> sessionNotes.put((String) args[0], (String) args[1])));
    }

    private KeycloakSession session() {
        var headers = fake(HttpHeaders.class, Map.of("getCookies", args -> Map.of()));
        var context = fake(KeycloakContext.class, Map.of("getRequestHeaders", args -> headers));
        var factory = fake(
                KeycloakSessionFactory.class, Map.of("getProviderFactoriesStream", args -> evaluators.keySet().stream()
                        .map(id -> fake(RiskEvaluator.Factory.class, Map.of("getId", none -> id)))));
        return fake(
                KeycloakSession.class,
                Map.of(
                        "getContext",
                        args -> context,
                        "getKeycloakSessionFactory",
                        args -> factory,
                        "getProvider",
                        args -> evaluators.get((String) args[1])));
    }

    private interface Answer {
        Object to(Object[] arguments);
    }

    /** Answers these methods, and null to all others. */
    private static <T> T fake(Class<T> type, Map<String, Answer> answers) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            var answer = answers.get(method.getName());
            return answer == null ? null : answer.to(arguments);
        };
        return type.cast(
                Proxy.newProxyInstance(RiskAssessmentTest.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
