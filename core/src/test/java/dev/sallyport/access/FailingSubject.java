package dev.sallyport.access;

import dev.sallyport.logic.Truth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A user of whom nothing can be found out. */
class FailingSubject implements Subject {

    @Override
    public String id() {
        throw new IllegalStateException("no database");
    }

    @Override
    public String username() {
        throw new IllegalStateException("no database");
    }

    @Override
    public boolean serviceAccount() {
        throw new IllegalStateException("no database");
    }

    @Override
    public Set<String> groups() {
        throw new IllegalStateException("no database");
    }

    @Override
    public Truth memberOf(String groupPath) {
        throw new IllegalStateException("no database");
    }

    @Override
    public Truth holds(String role) {
        throw new IllegalStateException("no database");
    }

    @Override
    public Optional<String> email() {
        throw new IllegalStateException("no database");
    }

    @Override
    public Map<String, List<String>> attributes() {
        throw new IllegalStateException("no database");
    }

    @Override
    public boolean mayEdit(String attribute) {
        throw new IllegalStateException("no database");
    }

    @Override
    public Set<String> roles() {
        throw new IllegalStateException("no database");
    }
}
