package dev.sallyport.it.harness;

import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.resource.AuthenticationManagementResource;
import org.keycloak.representations.idm.AuthenticationExecutionRepresentation;
import org.keycloak.representations.idm.AuthenticationFlowRepresentation;
import org.keycloak.representations.idm.AuthenticatorConfigRepresentation;

/** An authentication flow in a test realm, made as an administrator would; what is in it runs in the order of the calls. */
public final class FlowBuilder {

    private final AuthenticationManagementResource flows;
    private final String id;
    private int size;

    private FlowBuilder(AuthenticationManagementResource flows, String id) {
        this.flows = flows;
        this.id = id;
    }

    /** @return its id, as clients refer to it */
    static String make(Realm realm, String alias, Consumer<FlowBuilder> content) {
        return make(realm.admin().flows(), alias, true, content);
    }

    private static String make(
            AuthenticationManagementResource flows, String alias, boolean top, Consumer<FlowBuilder> content) {
        var flow = new AuthenticationFlowRepresentation();
        flow.setAlias(alias);
        flow.setProviderId("basic-flow");
        flow.setTopLevel(top);
        flow.setBuiltIn(false);
        var id = created(flows.createFlow(flow));
        content.accept(new FlowBuilder(flows, id));
        return id;
    }

    public FlowBuilder required(String authenticator) {
        return required(authenticator, Map.of());
    }

    /** @param config as the admin console stores it; without any the execution stays unconfigured */
    public FlowBuilder required(String authenticator, Map<String, String> config) {
        add(authenticator, "REQUIRED", config);
        return this;
    }

    public FlowBuilder required(Consumer<FlowBuilder> branch) {
        return add(branch, "REQUIRED");
    }

    public FlowBuilder alternative(String authenticator) {
        add(authenticator, "ALTERNATIVE", Map.of());
        return this;
    }

    public FlowBuilder alternative(Consumer<FlowBuilder> branch) {
        return add(branch, "ALTERNATIVE");
    }

    public FlowBuilder conditional(Consumer<FlowBuilder> branch) {
        return add(branch, "CONDITIONAL");
    }

    private void add(String authenticator, String requirement, Map<String, String> config) {
        var execution = execution(requirement);
        execution.setAuthenticator(authenticator);
        var executionId = created(flows.addExecution(execution));
        if (config.isEmpty()) return;
        var configuration = new AuthenticatorConfigRepresentation();
        configuration.setAlias(UUID.randomUUID().toString());
        configuration.setConfig(config);
        flows.newExecutionConfig(executionId, configuration).close();
    }

    private FlowBuilder add(Consumer<FlowBuilder> branch, String requirement) {
        var execution = execution(requirement);
        execution.setAuthenticatorFlow(true);
        execution.setFlowId(make(flows, UUID.randomUUID().toString(), false, branch));
        flows.addExecution(execution).close();
        return this;
    }

    private AuthenticationExecutionRepresentation execution(String requirement) {
        var execution = new AuthenticationExecutionRepresentation();
        execution.setParentFlow(id);
        execution.setRequirement(requirement);
        execution.setPriority(++size * 10);
        return execution;
    }

    private static String created(Response response) {
        try (response) {
            return CreatedResponseUtil.getCreatedId(response);
        }
    }
}
