package dev.sallyport.privilege;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.access.Principals;
import dev.sallyport.document.DocumentFault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a privilege gives.
 *
 * @param clientRoles names of roles, by the client id of their client
 * @param groups paths
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Grants(Map<String, List<String>> clientRoles, List<String> realmRoles, List<String> groups) {

    public Grants {
        var byClient = new LinkedHashMap<String, List<String>>();
        if (clientRoles != null) {
            clientRoles.forEach((client, roles) -> {
                if (client.isBlank()) throw new DocumentFault("clientRoles", "has a client without a name");
                var path = "clientRoles." + client;
                if (roles == null || roles.isEmpty()) throw new DocumentFault(path, "must name a role");
                byClient.put(client, Principals.names(path, roles));
            });
        }
        clientRoles = Map.copyOf(byClient);
        realmRoles = Principals.names("realmRoles", realmRoles);
        groups = Principals.paths("groups", groups);
        if (clientRoles.isEmpty() && realmRoles.isEmpty() && groups.isEmpty()) {
            throw new DocumentFault("", "must name a role or a group");
        }
    }

    @JsonIgnore
    public boolean rolesOnly() {
        return groups.isEmpty();
    }
}
