package dev.sallyport.access;

import java.util.Optional;

/** Which of the names that policies use a realm has. */
public interface Directory {

    boolean hasClient(String clientId);

    /**
     * The path of that group among the {@link Subject#groups()} of its members, which may be spelled otherwise than in the
     * policy; empty when there is no such group, or when its members would not be known by a path.
     */
    Optional<String> groupPath(String path);
}
