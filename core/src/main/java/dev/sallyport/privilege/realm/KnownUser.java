package dev.sallyport.privilege.realm;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.cache.CachedUserModel;
import org.keycloak.models.utils.UserModelDelegate;

/**
 * What this request knows of a user, which it read when it first looked, or a node of the cluster long before. Others may have
 * taken something from the user since.
 */
public record KnownUser(KeycloakSession session, UserModel user) {

    private static final String OUTDATED = "sallyport.outdated.";

    /** Reads anew what is mapped to the user if they seem to have one of these roles or groups, by its id, directly. */
    public void doubt(Set<String> taken) {
        if (taken.isEmpty()) return;
        var believed = had(taken);
        if (believed.isEmpty() || !(known(user) instanceof CachedUserModel cached)) return;
        cached.getDelegateForUpdate();
        // NB. One of them may have been given for good since, and the others not.
        if (!had(taken).equals(believed)) session.setAttribute(OUTDATED + user.getId(), true);
    }

    private Set<String> had(Set<String> taken) {
        return Stream.concat(
                        user.getRoleMappingsStream().map(RoleModel::getId),
                        user.getGroupsStream().map(GroupModel::getId))
                .filter(taken::contains)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static UserModel known(UserModel user) {
        return user instanceof UserModelDelegate wrapped ? known(wrapped.getDelegate()) : user;
    }

    /** Whether what this request has made of the user so far may show what they do not have any more. */
    public boolean wasOutdated() {
        return session.getAttribute(OUTDATED + user.getId()) != null;
    }

    /** All that was made of it has been put right. */
    public void corrected() {
        session.removeAttribute(OUTDATED + user.getId());
    }
}
