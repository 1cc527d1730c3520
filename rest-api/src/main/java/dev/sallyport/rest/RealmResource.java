package dev.sallyport.rest;

import jakarta.ws.rs.Path;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.services.resource.RealmResourceProvider;
import org.keycloak.services.resource.RealmResourceProviderFactory;

/** The root of what is reached at {@code /realms/{realm}/sallyport}, where nobody has authenticated the caller. */
public final class RealmResource {

    private final KeycloakSession session;

    private RealmResource(KeycloakSession session) {
        this.session = session;
    }

    @Path("webhooks")
    public WebhooksResource webhooks() {
        return new WebhooksResource(session);
    }

    @Path("approvals")
    public ApprovalsResource approvals() {
        return new ApprovalsResource(session);
    }

    /** Mounts it. */
    public static final class Factory implements RealmResourceProviderFactory {

        @Override
        public RealmResourceProvider create(KeycloakSession session) {
            return new RealmResourceProvider() {

                @Override
                public Object getResource() {
                    return new RealmResource(session);
                }

                @Override
                public void close() {}
            };
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
