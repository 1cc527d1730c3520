package dev.sallyport.authenticators;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.keycloak.sessions.AuthenticationSessionModel;

/** An authentication session that consists of its notes. */
final class Notes {

    private final Map<String, String> ofAuthentication = new HashMap<>();
    private final Map<String, String> ofClient = new HashMap<>();
    private final Map<String, String> ofUserSession = new HashMap<>();

    Notes authentication(String name, String value) {
        ofAuthentication.put(name, value);
        return this;
    }

    Notes client(String name, String value) {
        ofClient.put(name, value);
        return this;
    }

    Notes userSession(String name, String value) {
        ofUserSession.put(name, value);
        return this;
    }

    AuthenticationSessionModel session() {
        return (AuthenticationSessionModel) Proxy.newProxyInstance(
                Notes.class.getClassLoader(),
                new Class<?>[] {AuthenticationSessionModel.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getAuthNote" -> ofAuthentication.get(arguments[0]);
                    case "setAuthNote" -> ofAuthentication.put((String) arguments[0], (String) arguments[1]);
                    case "removeAuthNote" -> ofAuthentication.remove(arguments[0]);
                    case "getClientNote" -> ofClient.get(arguments[0]);
                    case "setClientNote" -> ofClient.put((String) arguments[0], (String) arguments[1]);
                    case "removeClientNote" -> ofClient.remove(arguments[0]);
                    case "getUserSessionNotes" -> Map.copyOf(ofUserSession);
                    case "setUserSessionNote" -> ofUserSession.put((String) arguments[0], (String) arguments[1]);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
