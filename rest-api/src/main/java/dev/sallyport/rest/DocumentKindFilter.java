package dev.sallyport.rest;

import dev.sallyport.configuration.realm.DocumentFactory;
import dev.sallyport.document.Documents;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.PathSegment;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.Provider;
import java.util.Optional;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.resources.admin.ComponentResource;
import org.keycloak.utils.KeycloakSessionUtil;

/**
 * A configuration document stays one of its kind, and what is refused is in force for nobody. Keycloak's component API lets a component become one of another type, and
 * asks only that type whether it may: a policy or a lock would be out of force, past those who validate and record its end.
 */
@Provider
public final class DocumentKindFilter implements ContainerRequestFilter, ContainerResponseFilter {

    private static final String BEFORE = "sallyport.document";

    @Override
    public void filter(ContainerRequestContext request) {
        if (request.getUriInfo().getMatchedResources().stream().noneMatch(ComponentResource.class::isInstance)) return;
        var session = KeycloakSessionUtil.getKeycloakSession();
        component(request, session)
                .filter(component -> isDocument(session, component))
                .ifPresent(component -> {
                    request.setProperty(BEFORE, new ComponentModel(component));
                    if (request.getMethod().equals(HttpMethod.PUT)) takeOutOfCache(session);
                });
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (!(request.getProperty(BEFORE) instanceof ComponentModel before)) return;
        if (response.getStatusInfo().getFamily() != Status.Family.SUCCESSFUL) return;
        var session = KeycloakSessionUtil.getKeycloakSession();
        component(request, session)
                .filter(after -> !sameKind(before, after))
                .ifPresent(after -> refuse(session, response));
    }

    // NB. By the last segment, decoded as Keycloak does: asking for the path's parameters makes the server forget which
    // method
    // it is about to call.
    private static Optional<ComponentModel> component(ContainerRequestContext request, KeycloakSession session) {
        return request.getUriInfo().getPathSegments(true).stream()
                .map(PathSegment::getPath)
                .filter(segment -> !segment.isEmpty())
                .reduce((before, last) -> last)
                .map(session.getContext().getRealm()::getComponent);
    }

    // NB. Keycloak changes the component that it looks up and asks afterwards whether it may. While the realm is being
    // changed
    // that is a copy of its own; else it is the one that every request on this node goes by.
    private static void takeOutOfCache(KeycloakSession session) {
        var realm = session.getContext().getRealm();
        realm.setName(realm.getName());
    }

    private static boolean isDocument(KeycloakSession session, ComponentModel component) {
        return Optional.ofNullable(session.getProviderClass(component.getProviderType()))
                .map(type -> session.getKeycloakSessionFactory().getProviderFactory(type, component.getProviderId()))
                .filter(DocumentFactory.class::isInstance)
                .isPresent();
    }

    private static boolean sameKind(ComponentModel before, ComponentModel after) {
        return before.getProviderType().equals(after.getProviderType())
                && before.getProviderId().equals(after.getProviderId());
    }

    // NB. The realm cache forgets what a transaction changed that is rolled back.
    private static void refuse(KeycloakSession session, ContainerResponseContext response) {
        session.getTransactionManager().setRollbackOnly();
        var fault = Refusal.badRequest("providerType and providerId cannot be changed: delete the document instead.");
        response.setStatusInfo(fault.status());
        response.setEntity(Documents.write(fault.body()), null, MediaType.APPLICATION_JSON_TYPE);
    }
}
