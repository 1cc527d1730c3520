package dev.sallyport.evaluation.realm;

import dev.sallyport.access.realm.AccessPolicyProvider;
import dev.sallyport.elevation.realm.ElevationEnds;
import dev.sallyport.session.realm.Reevaluation;
import dev.sallyport.session.realm.Reevaluation.Scope;
import dev.sallyport.session.realm.SessionIndex;
import java.time.Clock;
import org.keycloak.models.ClientModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleContainerModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ProviderEvent;
import org.keycloak.provider.ProviderEventListener;

/** What Keycloak's models tell of who somebody is, in the transaction that changes it and whichever API it came through. */
final class Triggers implements ProviderEventListener {

    @Override
    public void onEvent(ProviderEvent event) {
        if (event instanceof GroupModel.GroupMemberJoinEvent joined) {
            user(joined.getKeycloakSession(), joined.getRealm(), joined.getUser());
        } else if (event instanceof GroupModel.GroupMemberLeaveEvent left) {
            user(left.getKeycloakSession(), left.getRealm(), left.getUser());
        } else if (event instanceof RoleModel.RoleGrantedEvent granted) {
            user(granted.getKeycloakSession(), granted.getRealm(), granted.getUser());
        } else if (event instanceof RoleModel.RoleRevokedEvent revoked) {
            user(revoked.getKeycloakSession(), revoked.getRealm(), revoked.getUser());
        } else if (event instanceof GroupModel.GroupCreatedEvent) {
            return; // nobody is in it yet
        } else if (event instanceof GroupModel.GroupEvent changed) {
            realm(changed.getKeycloakSession(), changed.getRealm());
        } else if (event instanceof RoleContainerModel.RoleRemovedEvent removed) {
            realm(removed.getKeycloakSession(), realmOf(removed.getRole().getContainer()));
        } else if (event instanceof ClientModel.ClientRemovedEvent removed) {
            realm(removed.getKeycloakSession(), removed.getClient().getRealm());
        }
    }

    private static RealmModel realmOf(RoleContainerModel container) {
        return container instanceof ClientModel client ? client.getRealm() : (RealmModel) container;
    }

    // NB. Whoever is created is in groups and has roles before there can be a session.
    private static void user(KeycloakSession session, RealmModel realm, UserModel user) {
        if (realm == null || !concerned(realm)) return;
        if (new SessionIndex(session, realm).any(user.getId())
                || new ElevationEnds(session, realm, Clock.systemUTC()).any(Scope.USER, user.getId()))
            Reevaluation.ofUser(session, realm, user.getId());
    }

    private static boolean concerned(RealmModel realm) {
        return AccessPolicyProvider.any(realm) || ElevationEnds.possible(realm);
    }

    private static void realm(KeycloakSession session, RealmModel realm) {
        if (realm != null && concerned(realm)) Reevaluation.ofRealm(session, realm);
    }
}
