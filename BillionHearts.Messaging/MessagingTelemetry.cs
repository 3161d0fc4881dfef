using System.Diagnostics.Metrics;
using BillionHearts.ServiceDefaults.Telemetry;
using RabbitMQ.Client.Exceptions;

namespace BillionHearts.Messaging;

/// <summary>Metrics of messages. The RabbitMQ client itself creates their spans.</summary>
internal sealed class MessagingTelemetry
{
    private readonly Counter<long> _published;
    private readonly Counter<long> _handled;
    private readonly Histogram<double> _duration;

    public MessagingTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create("BillionHearts.Messaging");
        _published = meter.CreateCounter<long>("billionhearts.messages.published", "{message}", "Messages sent to the broker, by routing key and outcome.");
        _handled = meter.CreateCounter<long>("billionhearts.messages.handled", "{message}", "Messages received from the broker, by queue and outcome.");
        _duration = meter.CreateHistogram("billionhearts.messages.duration", "s", "Time from delivery to settlement, by queue.", advice: Durations.Buckets);
    }

    /// <param name="error"><see langword="null"/> when the broker confirmed the message.</param>
    public void Published(string routingKey, MessageNotConfirmedException? error) =>
        _published.Add(1, new("routing_key", routingKey), new("outcome", OutcomeOf(error)));

    public void Handled(string queue, string outcome, TimeSpan duration)
    {
        _handled.Add(1, new("queue", queue), new("outcome", outcome));
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("queue", queue));
    }

    private static string OutcomeOf(MessageNotConfirmedException? error) => error switch
    {
        null => "confirmed",
        { InnerException: PublishException { IsReturn: true } } => "unroutable",
        { InnerException: PublishException } => "refused",
        _ => "unreachable",
    };
}
