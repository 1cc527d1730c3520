package dev.sallyport.rest;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.util.function.Function;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.services.resource.RealmResourceProvider;
import org.keycloak.services.resource.RealmResourceProviderFactory;
import org.keycloak.services.resources.account.CorsPreflightService;

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

    @Path("me")
    public Object me() {
        return of(MeResource::new);
    }

    @Path("privileges")
    public Object privileges() {
        return of(OwnPrivilegesResource::new);
    }

    @Path("elevations")
    public Object elevations() {
        return of(OwnElevationsResource::new);
    }

    @Path("emergency-reviews")
    public Object emergencyReviews() {
        return of(EmergencyReviewsResource::new);
    }

    @Path("delegations")
    public Object delegations() {
        return of(DelegationsResource::new);
    }

    @Path("devices")
    public Object devices() {
        return of(OwnDevicesResource::new);
    }

    /** Authenticates on the way to the resource; a browser that asks first whether it may ask has no token yet. */
    private Object of(Function<SelfService, Object> resource) {
        return session.getContext().getHttpRequest().getHttpMethod().equals(HttpMethod.OPTIONS)
                ? new CorsPreflightService()
                : resource.apply(SelfService.of(session));
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
