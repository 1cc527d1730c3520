<#-- The page that says why a privilege is not to be had. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("sallyport.not-elevated.title")}
  <#elseif section = "form">
    <div id="sallyport-not-elevated" class="${properties.kcFormClass!}">
      <p role="alert">${elevation.status()}</p>
      <#list elevation.comments() as comment>
        <p class="sallyport-comment">${comment}</p>
      </#list>
      <form id="sallyport-request" action="${url.loginAction}" method="post">
        <div class="${properties.kcFormActionGroupClass!}">
          <button type="submit" id="sallyport-without" name="choice" value="without" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.elevation.without")}</button>
          <#if elevation.again()>
            <button type="submit" id="sallyport-anew" name="choice" value="anew" class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.not-elevated.anew")}</button>
          </#if>
        </div>
      </form>
    </div>
  </#if>
</@layout.registrationLayout>
