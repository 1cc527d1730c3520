package dev.sallyport.elevation.realm;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keycloak.sessions.AuthenticationSessionModel;

class AskedTest {

    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");
    private static final String ID = "e1";

    private final AuthenticationSessionModel login = login();

    @Test
    void loginWaitsForWhatItAskedForAsLongAsSomebodyLooks() {
        var asked = Asked.in(login, Optional.empty());
        asked.add(ID);
        assertThat(Asked.awaited(login, ID, NOW)).isFalse();

        asked.awaits(ID, NOW);

        assertThat(Asked.awaited(login, ID, NOW)).isTrue();
        assertThat(Asked.awaited(login, ID, NOW.plus(Asked.PATIENCE))).isTrue();
        assertThat(Asked.awaited(login, ID, NOW.plus(Asked.PATIENCE).plus(Duration.ofMillis(1))))
                .isFalse();
        assertThat(Asked.awaited(login, "e2", NOW)).isFalse();
    }

    @Test
    void loginThatDidNotAskDoesNotWait() {
        Asked.in(login, Optional.empty()).awaits(ID, NOW);

        assertThat(Asked.awaited(login, ID, NOW)).isFalse();
    }

    private static AuthenticationSessionModel login() {
        Map<String, String> ofLogin = new HashMap<>();
        Map<String, String> ofSession = new HashMap<>();
        return (AuthenticationSessionModel) Proxy.newProxyInstance(
                AskedTest.class.getClassLoader(),
                new Class<?>[] {AuthenticationSessionModel.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "setAuthNote" -> ofLogin.put((String) arguments[0], (String) arguments[1]);
                    case "getAuthNote" -> ofLogin.get(arguments[0]);
                    case "setUserSessionNote" -> ofSession.put((String) arguments[0], (String) arguments[1]);
                    case "getUserSessionNotes" -> ofSession;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
