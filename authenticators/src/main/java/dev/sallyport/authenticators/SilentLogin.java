package dev.sallyport.authenticators;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.LoginProtocol.Error;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The protocol of a login during which no page may be shown ({@code prompt=none}, SAML's {@code IsPassive}, and its profile
 * for clients that are no browsers). It asks at {@link LastDoor}, and refuses in the protocol's own words.
 *
 * <p>NB. The endpoints make the protocol that ends such a login themselves. They do not ask the factory that the pack
 * replaces, so the last door would not be on this way.
 */
record SilentLogin(KeycloakSession session, LoginProtocol protocol) implements InvocationHandler {

    static LoginProtocol of(KeycloakSession session, LoginProtocol protocol) {
        return (LoginProtocol) Proxy.newProxyInstance(
                SilentLogin.class.getClassLoader(),
                new Class<?>[] {LoginProtocol.class},
                new SilentLogin(session, protocol));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("authenticated")) {
            var authSession = (AuthenticationSessionModel) arguments[0];
            var clientSession = ((ClientSessionContext) arguments[2]).getClientSession();
            if (LastDoor.refusal(session, authSession, clientSession).isPresent()) {
                return protocol.sendError(authSession, Error.PASSIVE_INTERACTION_REQUIRED, null);
            }
        }
        try {
            return method.invoke(protocol, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
