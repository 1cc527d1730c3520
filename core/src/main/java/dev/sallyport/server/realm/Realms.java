package dev.sallyport.server.realm;

import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;

/** The realms that work goes to which no request has brought to one. */
public final class Realms {

    private Realms() {}

    /**
     * Has the rest of the transaction, or what comes until another realm is entered, work in this one: much of Keycloak asks the
     * context which realm it is about.
     *
     * @return empty when the realm is gone; the context then stays as it was
     */
    public static Optional<RealmModel> enter(KeycloakSession session, String id) {
        var realm = Optional.ofNullable(session.realms().getRealm(id));
        realm.ifPresent(session.getContext()::setRealm);
        return realm;
    }

    /** @return the ids of those that have a component of the kind, whatever its configuration says */
    public static List<String> having(KeycloakSession session, Class<? extends Provider> kind) {
        return session.realms()
                .getRealmsWithProviderTypeStream(kind)
                .map(RealmModel::getId)
                .toList();
    }
}
