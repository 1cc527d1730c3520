package dev.sallyport.privilege;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.access.Principals;
import dev.sallyport.access.Subject;
import java.util.List;

/**
 * Those whom a privilege names, by what they are now.
 *
 * @param users usernames, in any case
 * @param groups paths such as {@code /dba}; sub-groups match
 * @param roles {@code role} or {@code client.role}, composites included
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record People(List<String> users, List<String> groups, List<String> roles) {

    /** The attribute whose editing would let anybody take over what is given to a name. */
    public static final String USERNAME = "username";

    public People {
        var named = new Principals(users, groups, roles);
        users = named.users();
        groups = named.groups();
        roles = named.roles();
    }

    @JsonIgnore
    public boolean nobody() {
        return principals().nobody();
    }

    /** Whether they are one of these. Who is in a group or role that the realm does not have is nobody. */
    public boolean include(Subject subject) {
        // NB. Names that users choose are refused on saving, but the realm may have begun to let them since.
        var meant = subject.mayEdit(USERNAME) ? new Principals(List.of(), groups, roles) : principals();
        return meant.name(subject);
    }

    private Principals principals() {
        return new Principals(users, groups, roles);
    }
}
