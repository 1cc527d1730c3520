package dev.sallyport.authenticators;

import dev.sallyport.access.Door;
import dev.sallyport.access.realm.AccessGate;
import java.util.Set;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.saml.ArtifactResolverProcessingException;
import org.keycloak.protocol.saml.DefaultSamlArtifactResolver;
import org.keycloak.protocol.saml.DefaultSamlArtifactResolverFactory;

/** Asks once more when an application fetches the assertion for an artifact, as when one exchanges a code. */
public final class AccessArtifactResolver extends DefaultSamlArtifactResolver {

    /** In every assertion, and in no message of a logout, which is none of our business. */
    private static final String ASSERTION = "Assertion";

    private final KeycloakSession session;

    private AccessArtifactResolver(KeycloakSession session) {
        this.session = session;
    }

    // NB. Whether granted or not, the artifact is used up by then.
    @Override
    public String resolveArtifact(AuthenticatedClientSessionModel clientSession, String artifact)
            throws ArtifactResolverProcessingException {
        var response = super.resolveArtifact(clientSession, artifact);
        if (!response.contains(ASSERTION)) return response;
        var judgement = new AccessGate(session)
                .atBackChannel(Door.SAML_ARTIFACT, clientSession.getUserSession(), clientSession.getClient(), Set.of());
        if (judgement.decision().allowed()) return response;
        throw new ArtifactResolverProcessingException("denied by access policy");
    }

    /** Takes the place of Keycloak's own factory by its order. */
    public static final class Factory extends DefaultSamlArtifactResolverFactory {

        @Override
        public DefaultSamlArtifactResolver create(KeycloakSession session) {
            return new AccessArtifactResolver(session);
        }

        @Override
        public int order() {
            return 1;
        }
    }
}
