using BillionHearts.ServiceDefaults.Work;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Mail;

internal static class MailRegistration
{
    public static void AddMail(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsValidation>();
        services.AddScoped<MailStore>();
        services.AddSingleton<Letters>();
        services.AddSingleton<IMailSink, SmtpSink>();

        if (builder.Configuration.GetSection(MailOptions.SectionName).Get<MailOptions>() is { IsOn: true })
        {
            services.AddRecurringJob<MailDigests>(provider => MailDigests.Schedule(provider.GetRequiredService<IOptions<MailOptions>>().Value));
        }
    }
}
