using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using BillionHearts.Notifications.Webhooks.Addresses;
using BillionHearts.Notifications.Webhooks.Secrets;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>Sends one message and reads the answer, within limits of time and size. What a receiver does never throws.</summary>
internal sealed partial class DeliverySender : IDisposable
{
    /// <summary>Bytes of an answer's body that are read. Nobody looks at them: an answer that goes on is a receiver that holds the connection.</summary>
    public const int MaxAnswerBytes = 64 * 1024;

    private const int MaxHeaderKilobytes = 16;

    private readonly HttpMessageInvoker _client;
    private readonly AddressPolicy _policy;
    private readonly SecretVault _vault;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;
    private readonly ILogger<DeliverySender> _logger;
    private readonly Meter _unlisted = new("Unlisted.Webhooks");

    public DeliverySender(
        GuardedDialer dialer, AddressPolicy policy, SecretVault vault, IOptions<WebhooksOptions> options, TimeProvider clock, ILogger<DeliverySender> logger)
    {
        (_policy, _vault, _timeout, _clock, _logger) = (policy, vault, options.Value.Timeout, clock, logger);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = dialer.DialAsync,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            MaxResponseDrainSize = 0,
            ResponseDrainTimeout = TimeSpan.Zero,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            // No trace and no metric of ours has a user's address, and no receiver our trace ids.
            ActivityHeadersPropagator = null,
            MeterFactory = new UnlistedMeters(_unlisted),
        });
    }

    /// <exception cref="OperationCanceledException">The service stops.</exception>
    public async Task<SendResult> SendAsync(DueDelivery delivery, CancellationToken cancellationToken)
    {
        var (startedAt, began) = (_clock.GetUtcNow(), _clock.GetTimestamp());
        using var limit = new CancellationTokenSource(_timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var result = new SendResult { StartedAt = startedAt, Duration = TimeSpan.Zero, RequestHead = "" };

        try
        {
            // The rules may have changed since the address was registered.
            if (_policy.FindFault(delivery.Url, out var url) is { } fault)
            {
                return result with { Fault = new("address", $"The address {fault}.") };
            }

            using var request = NewRequest(delivery, url!, startedAt);
            result = result with { RequestHead = MessageHeads.Of(request) };
            using var response = await _client.SendAsync(request, either.Token);
            result = result with { Status = (int)response.StatusCode, ResponseHead = MessageHeads.Of(response), RetryAfter = ReadRetryAfter(response) };
            var isWhole = await ReadAsync(response.Content, either.Token);

            return Ended(result with { Fault = FindFault(response.StatusCode, isWhole) });
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Ended(result with { Fault = FindFault(exception, limit.IsCancellationRequested) });
        }

        SendResult Ended(SendResult ended) => ended with { Duration = _clock.GetElapsedTime(began) };
    }

    public void Dispose()
    {
        _client.Dispose();
        _unlisted.Dispose();
    }

    private HttpRequestMessage NewRequest(DueDelivery delivery, Uri url, DateTimeOffset now)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Version = HttpVersion.Version11,
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(delivery.Payload)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Add("User-Agent", "BillionHearts-Webhooks/1");
        request.Headers.Add("webhook-id", delivery.MessageId);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", SigningSecret.Sign(delivery.OpenSecrets(_vault), delivery.MessageId, now, delivery.Payload));

        return request;
    }

    /// <returns>False when the answer is longer than the limit.</returns>
    private static async Task<bool> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[4096];

        for (var left = MaxAnswerBytes; ;)
        {
            var read = await body.ReadAsync(buffer, cancellationToken);

            if (read is 0)
            {
                return true;
            }

            if ((left -= read) < 0)
            {
                return false;
            }
        }
    }

    private TimeSpan? ReadRetryAfter(HttpResponseMessage response) => response switch
    {
        { StatusCode: not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) } => null,
        { Headers.RetryAfter.Delta: { } delta } => delta,
        { Headers.RetryAfter.Date: { } date } when date > _clock.GetUtcNow() => date - _clock.GetUtcNow(),
        _ => null,
    };

    private static SendFault? FindFault(HttpStatusCode status, bool isWhole) => (int)status switch
    {
        >= 200 and < 300 when !isWhole => new("answer_too_large", $"The answer has more than {MaxAnswerBytes} bytes, which is the limit."),
        >= 200 and < 300 => null,
        >= 300 and < 400 => new("redirect", $"The receiver answered {(int)status}. Redirects are not followed: register the new address."),
        410 => new("gone", "The receiver answered 410: it wants no more messages."),
        _ => new("status", $"The receiver answered {(int)status}. Any status from 200 to 299 accepts a message."),
    };

    private SendFault FindFault(Exception exception, bool isLate)
    {
        if (isLate)
        {
            return new("timeout", $"There was no whole answer within {_timeout.TotalSeconds:0.#} s, which is the limit.");
        }

        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case RefusedAddressException:
                    return new("address", "The host does not lead to a public address, so nothing was sent.");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return new("name", "The host's name has no address.");
                case AuthenticationException:
                    return new("tls", "There is no trusted TLS connection: the certificate is not valid for this host, or the receiver does not speak TLS.");
                case SocketException socket:
                    return new("connection", $"The connection failed: {socket.SocketErrorCode}.");
            }
        }

        if (exception is HttpRequestException or IOException)
        {
            return new("answer", $"The connection broke off, or the answer is not HTTP/1.1 with a header of at most {MaxHeaderKilobytes} KB.");
        }

        Log.NotMade(_logger, exception);

        return new("internal", "The message could not be made. The operator of this service finds the cause in its log.");
    }

    /// <summary>A meter that no exporter lists (it lists System.Net.Http and BillionHearts.*): the handler's metrics have the host as a tag.</summary>
    private sealed class UnlistedMeters(Meter meter) : IMeterFactory
    {
        public Meter Create(MeterOptions options) => meter;

        public void Dispose()
        {
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A message of a webhook could not be made")]
        public static partial void NotMade(ILogger logger, Exception exception);
    }
}
