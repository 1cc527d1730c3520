<#-- The page for a user whose device is being asked about. The answer's Refresh header leads on; the link is for whoever has that switched off. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("sallyport.checking.title")}
  <#elseif section = "form">
    <div id="sallyport-checking" class="${properties.kcFormClass!}">
      <p role="status">${msg("sallyport.checking.intro")}</p>
      <div class="${properties.kcFormActionGroupClass!}">
        <a id="sallyport-continue" class="${properties.kcButtonClass!} ${properties.kcButtonLinkClass!} ${properties.kcButtonBlockClass!}" href="${url.loginAction}">${msg("sallyport.checking.continue")}</a>
      </div>
    </div>
  </#if>
</@layout.registrationLayout>
