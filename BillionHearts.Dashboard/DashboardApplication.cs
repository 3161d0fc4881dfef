using BillionHearts.Dashboard.Configuration;
using BillionHearts.Dashboard.Intake;
using BillionHearts.Dashboard.Listening;
using BillionHearts.Dashboard.Login;
using BillionHearts.Dashboard.Orchestration;
using BillionHearts.Dashboard.Pages;

namespace BillionHearts.Dashboard;

internal static class DashboardApplication
{
    public static WebApplication Create(string[] args)
    {
        // The folder of the assembly, so that it finds its pages whatever folder it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(DashboardApplication).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        var settings = DashboardSettings.Read(builder.Configuration);

        // Nothing of ASP.NET's chatter: its request log would hold the token of every login.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);
        builder.Logging.AddFilter(typeof(LoginCookie).FullName, LogLevel.Warning);
        // Why it could not start is said by Program, in a sentence and not in a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        builder.Listen(settings);
        // Open pages are left behind at once: they come back by themselves.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddHostedService<Announcement>();
        builder.Services.AddLogin(settings);
        builder.Services.AddOtlpIntake();
        builder.Services.AddOrchestration(settings);
        builder.AddPages();

        var app = builder.Build();

        app.UseRouting();
        app.UseListeners();
        app.UseMiddleware<OtlpKey>();
        app.UsePageSecurity();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();

        app.MapOtlpHttp();
        app.MapGrpcService<OtlpGrpcService>().AllowAnonymous();
        app.MapLogin();
        app.MapPages();

        return app;
    }
}
