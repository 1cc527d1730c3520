package dev.sallyport.it;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.Realm;
import java.util.Map;
import org.keycloak.representations.idm.AuthenticationFlowRepresentation;
import org.keycloak.representations.idm.AuthenticatorConfigRepresentation;

/** A realm in which Keycloak's own authenticator signs in whoever's name is on the certificate, and nobody else. */
final class CertificateLogin {

    private CertificateLogin() {}

    static Realm realm(KeycloakServer server) {
        var realm = server.realm(r -> r.user("ann", u -> u.password("secret")).client("ledger", c -> c.publicClient()));
        var flows = realm.admin().flows();
        var flow = new AuthenticationFlowRepresentation();
        flow.setAlias("certificate");
        flow.setProviderId("basic-flow");
        flow.setTopLevel(true);
        flow.setBuiltIn(false);
        flows.createFlow(flow).close();
        flows.addExecution("certificate", Map.of("provider", "auth-x509-client-username-form"));
        var execution = flows.getExecutions("certificate").get(0);
        execution.setRequirement("REQUIRED");
        flows.updateExecutions("certificate", execution);
        var config = new AuthenticatorConfigRepresentation();
        config.setAlias("certificate");
        config.setConfig(Map.of(
                "x509-cert-auth.mapping-source-selection", "Subject's Common Name",
                "x509-cert-auth.mapper-selection", "Username or Email",
                "x509-cert-auth.confirmation-page-disallowed", "true"));
        flows.newExecutionConfig(execution.getId(), config).close();
        var representation = realm.admin().toRepresentation();
        representation.setBrowserFlow("certificate");
        realm.admin().update(representation);
        return realm;
    }
}
