package dev.sallyport.network;

import java.util.Optional;

/** Knows where addresses are. It must answer at once and never fail; what it does not know is empty. */
public interface Atlas {

    /** Knows nothing. */
    Atlas BLANK = new Atlas() {
        @Override
        public Optional<String> country(Address address) {
            return Optional.empty();
        }

        @Override
        public Optional<Long> asn(Address address) {
            return Optional.empty();
        }
    };

    /** The country as two capital letters (ISO 3166-1). */
    Optional<String> country(Address address);

    /** The number of the autonomous system. */
    Optional<Long> asn(Address address);
}
