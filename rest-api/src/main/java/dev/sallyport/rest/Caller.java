package dev.sallyport.rest;

import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.lock.realm.LockProvider;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.services.resources.admin.AdminAuth;

/**
 * Who administers, as the realm that is administered sees one: its locks and policies concern its own users only, not an
 * administrator of another realm such as master.
 */
record Caller(KeycloakSession session, RealmModel realm, AdminAuth auth) {

    boolean ofThisRealm() {
        return auth.getRealm().getId().equals(realm.getId());
    }

    boolean locked(Instant now) {
        return ofThisRealm() && !LockProvider.barsOfCaller(session, realm, now).isEmpty();
    }

    UserModel user() {
        return auth.getUser();
    }

    ClientModel client() {
        return auth.getClient();
    }

    /** The session of the token; that of a service account lasts for this request only. */
    Optional<UserSessionModel> userSession() {
        return Optional.ofNullable(session.getContext().getUserSession()).filter(found -> ofThisRealm());
    }

    /** The device that the caller's session was started on. */
    Set<String> devices() {
        return userSession().map(DeviceRecognition::startedOn).orElse(Set.of());
    }

    /** The clients that the caller's token reaches, the administration among them though not every token says so. */
    Set<String> audience() {
        var audience =
                Optional.ofNullable(auth.getToken().getAudience()).stream().flatMap(Arrays::stream);
        var administration = Config.getAdminRealm().equals(realm.getName())
                ? realm.getMasterAdminClient()
                : realm.getClientByClientId(Constants.REALM_MANAGEMENT_CLIENT_ID);
        return Stream.concat(audience, Stream.ofNullable(administration).map(ClientModel::getClientId))
                .collect(Collectors.toUnmodifiableSet());
    }
}
