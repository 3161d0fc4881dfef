namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>One attempt from the claim to its outcome in the database.</summary>
internal sealed partial class DeliveryRun(
    IServiceScopeFactory scopes, DeliverySender sender, WebhookTelemetry telemetry, TimeProvider clock, ILogger<DeliveryRun> logger)
{
    /// <summary>Within the time that the service has to stop.</summary>
    private static readonly TimeSpan s_releaseLimit = TimeSpan.FromSeconds(1);

    /// <summary>Does not throw. An outcome that cannot be stored is lost, and the attempt is repeated after the lease: the receiver knows the message by its id.</summary>
    public async Task RunAsync(DueDelivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            telemetry.Started(clock.GetUtcNow() - delivery.DueAt);
            var result = await sender.SendAsync(delivery, cancellationToken);
            telemetry.Ended(result);

            if (result.Fault is { } fault)
            {
                Log.Failed(logger, delivery.Id, delivery.EndpointId, delivery.Tries, fault.Reason, result.Status);
            }

            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<DeliveryOutcomes>().StoreAsync(delivery, result, CancellationToken.None);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            await ReleaseAsync(delivery);
        }
        catch (Exception exception)
        {
            Log.NotStored(logger, delivery.Id, delivery.EndpointId, exception.GetBaseException().Message);
        }
    }

    private async Task ReleaseAsync(DueDelivery delivery)
    {
        try
        {
            using var limit = new CancellationTokenSource(s_releaseLimit, clock);
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<DeliveryOutcomes>().ReleaseAsync(delivery, limit.Token);
        }
        catch (Exception exception)
        {
            Log.NotStored(logger, delivery.Id, delivery.EndpointId, exception.GetBaseException().Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Delivery {DeliveryId} of webhook {WebhookId} failed on attempt {Attempt}: {Reason} {Status}")]
        public static partial void Failed(ILogger logger, long deliveryId, long webhookId, int attempt, string reason, int? status);

        [LoggerMessage(LogLevel.Warning, "The outcome of delivery {DeliveryId} of webhook {WebhookId} could not be stored, so it is sent again: {Reason}")]
        public static partial void NotStored(ILogger logger, long deliveryId, long webhookId, string reason);
    }
}
