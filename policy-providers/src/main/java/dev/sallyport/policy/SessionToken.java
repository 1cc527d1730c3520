package dev.sallyport.policy;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.access.realm.AccessGate.Judgement;
import dev.sallyport.access.realm.TokenAudience;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessToken;

/**
 * An access token of this realm that an application shows, and what it stands for. Whether Keycloak accepts the token is
 * Keycloak's to say; a session that is gone, or a client, it refuses by itself.
 */
record SessionToken(
        KeycloakSession session,
        AccessToken token,
        ClientModel client,
        UserModel user,
        Optional<UserSessionModel> userSession) {

    /** @return empty when the token is none of this realm, or when what it was issued for is gone */
    static Optional<SessionToken> decode(KeycloakSession session, String raw) {
        return Optional.ofNullable(session.tokens().decode(raw, AccessToken.class))
                .flatMap(token -> of(session, token));
    }

    static Optional<SessionToken> of(KeycloakSession session, AccessToken token) {
        var realm = session.getContext().getRealm();
        var client = Optional.ofNullable(token.getIssuedFor()).map(realm::getClientByClientId);
        var userSession = Optional.ofNullable(token.getSessionId())
                .map(id -> Optional.ofNullable(session.sessions().getUserSession(realm, id))
                        .orElseGet(() -> session.sessions().getOfflineUserSession(realm, id)));
        // NB. Some tokens name no session, those of service accounts for one; one that names a session that is gone is
        // dead.
        var user = token.getSessionId() == null
                ? Optional.ofNullable(TokenManager.lookupUserFromStatelessToken(session, realm, token))
                : userSession.map(UserSessionModel::getUser);
        return client.flatMap(known -> user.map(owner -> new SessionToken(session, token, known, owner, userSession)));
    }

    /** @param further clients that are reached by this request besides those that the token names */
    Judgement at(Door door, Set<String> further) {
        var audience = new HashSet<>(TokenAudience.of(session, token, clientSession()));
        audience.addAll(further);
        var gate = new AccessGate(session);
        return userSession
                .map(known -> gate.atBackChannel(door, known, client, audience))
                .orElseGet(() -> gate.withoutSession(door, user, client, audience));
    }

    private Optional<AuthenticatedClientSessionModel> clientSession() {
        return userSession.map(known -> known.getAuthenticatedClientSessionByClient(client.getId()));
    }
}
