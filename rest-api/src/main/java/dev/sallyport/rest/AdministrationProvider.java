package dev.sallyport.rest;

import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProvider;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProviderFactory;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** Mounts the administration at {@code /admin/realms/{realm}/sallyport}. Keycloak has authenticated the caller by then. */
public final class AdministrationProvider implements AdminRealmResourceProvider {

    @Override
    public Object getResource(
            KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth, AdminEventBuilder adminEvent) {
        return new AdministrationResource(new Administration(session, realm, auth));
    }

    @Override
    public void close() {}

    /** Creates the stateless provider. */
    public static final class Factory implements AdminRealmResourceProviderFactory {

        private static final AdministrationProvider PROVIDER = new AdministrationProvider();

        @Override
        public AdminRealmResourceProvider create(KeycloakSession session) {
            return PROVIDER;
        }

        @Override
        public String getId() {
            return "sallyport";
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
