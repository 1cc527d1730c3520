package dev.sallyport.rest;

import dev.sallyport.device.realm.DeviceIdentificationProvider;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** How the realm identifies devices. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class DeviceIdentificationResource {

    private final Administration administration;

    DeviceIdentificationResource(Administration administration) {
        this.administration = administration;
    }

    @GET
    public Response get() {
        return administration.answer(
                Right.VIEW, () -> Answer.ok(DeviceIdentificationProvider.of(administration.realm())));
    }

    @PUT
    public Response put(InputStream body, @QueryParam("force") String force) {
        return administration.answer(Right.MANAGE, () -> {
            var identification = DeviceIdentificationProvider.read(RequestText.body(body));
            new LockOutGuard(administration, force)
                    .changeOfIdentification(
                            () -> DeviceIdentificationProvider.put(administration.realm(), identification));
            return Answer.ok(identification);
        });
    }
}
