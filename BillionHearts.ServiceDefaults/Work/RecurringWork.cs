using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;

namespace BillionHearts.ServiceDefaults.Work;

/// <summary>The one loop of all recurring jobs: waits, runs the job, logs what fails, and goes on.</summary>
internal sealed partial class RecurringWork<TJob>(
    IServiceScopeFactory scopes, RecurringSchedule schedule, TimeProvider clock, ILogger<TJob> logger) : BackgroundService
    where TJob : IRecurringJob
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A job that runs every second would make a trace every second.
        using var quiet = SuppressInstrumentationScope.Begin();

        try
        {
            await Task.Delay(schedule.FirstDelay, clock, stoppingToken);

            while (true)
            {
                await PauseAsync(await RunAsync(stoppingToken), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();

            return await scope.ServiceProvider.GetRequiredService<TJob>().RunAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, typeof(TJob).Name, schedule.Period.TotalSeconds, exception.GetBaseException().Message);
            return NextRun.WhenDue;
        }
    }

    private async Task PauseAsync(NextRun next, CancellationToken cancellationToken)
    {
        if (next is NextRun.AtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
        else if (next is NextRun.WhenDue && schedule.Signal is { } signal)
        {
            await signal.WaitAsync(schedule.Period, clock, cancellationToken);
        }
        else
        {
            await Task.Delay(schedule.Period, clock, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Job} failed and runs again in {Seconds} s: {Reason}")]
        public static partial void Failed(ILogger logger, string job, double seconds, string reason);
    }
}

public static class RecurringWorkExtensions
{
    /// <summary>Repeats a job for as long as the service runs.</summary>
    /// <param name="schedule">Asked once, when the service starts.</param>
    public static IServiceCollection AddRecurringJob<TJob>(this IServiceCollection services, Func<IServiceProvider, RecurringSchedule> schedule)
        where TJob : class, IRecurringJob
    {
        services.TryAddScoped<TJob>();

        return services.AddSingleton<IHostedService>(provider =>
            ActivatorUtilities.CreateInstance<RecurringWork<TJob>>(provider, schedule(provider)));
    }
}
