package dev.sallyport.access;

import dev.sallyport.document.DocumentFault;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which policies are asked: all of them, or those that carry one of these tags.
 *
 * @param names of tags; none means that all policies are asked
 */
public record Tags(Set<String> names) {

    /** Leaves no policy out. */
    public static final Tags ALL_POLICIES = new Tags(Set.of());

    public Tags {
        names = Set.copyOf(names);
    }

    /** @throws DocumentFault with the path of a name that is none */
    public static Tags of(List<String> names) {
        return new Tags(new HashSet<>(Principals.names("", names)));
    }

    /**
     * Whether the policy is among those that are asked. One that cannot be read always is: nobody knows what it was meant
     * to be tagged with.
     */
    public boolean select(PolicyDocument policy) {
        return names.isEmpty()
                || !(policy instanceof AccessPolicy readable)
                || readable.tags().stream().anyMatch(names::contains);
    }
}
