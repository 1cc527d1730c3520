package dev.sallyport.policy;

import java.util.Optional;
import org.keycloak.authorization.common.KeycloakIdentity;
import org.keycloak.authorization.identity.Identity;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.representations.AccessToken;

/** For whom authorization policies are evaluated: the bearer of a token, with a session, or somebody who was merely named. */
record EvaluatedIdentity(KeycloakSession session, RealmModel realm, Identity identity) {

    /**
     * The session of the token that asks. Empty for whoever was named by somebody else, in an AuthZEN request or in the
     * evaluation of the admin console: such a subject is not here, so nobody knows its device.
     */
    Optional<UserSessionModel> userSession() {
        return token().map(AccessToken::getSessionId).flatMap(id -> ongoing(id)
                .or(() -> online(id))
                .or(() -> Optional.ofNullable(session.sessions().getOfflineUserSession(realm, id))));
    }

    // NB. A session of one request only is not stored anywhere.
    private Optional<UserSessionModel> ongoing(String id) {
        return Optional.ofNullable(session.getContext().getUserSession())
                .filter(userSession -> userSession.getId().equals(id));
    }

    private Optional<UserSessionModel> online(String id) {
        return Optional.ofNullable(session.sessions().getUserSession(realm, id));
    }

    /** The id of the client that the token was issued to. */
    Optional<String> client() {
        return token().map(AccessToken::getIssuedFor);
    }

    /** The token that asks. */
    // NB. The evaluation of the admin console makes a session for the user that it is asked about, and wraps it in a
    // class
    // of its own. That session says nothing about the user.
    Optional<AccessToken> token() {
        return identity.getClass() == KeycloakIdentity.class
                ? Optional.of(((KeycloakIdentity) identity).getAccessToken())
                : Optional.empty();
    }

    /** The user, or the service account of the client, whose id it is. */
    Optional<UserModel> user() {
        var id = identity.getId();
        if (id == null) return Optional.empty();
        return Optional.ofNullable(session.users().getUserById(realm, id))
                .or(() -> Optional.ofNullable(realm.getClientById(id)).map(session.users()::getServiceAccount));
    }
}
