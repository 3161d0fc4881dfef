using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.Outbox;

/// <summary>The event <c>image.uploaded</c>, derived from the first request for the analysis of new content.</summary>
internal static class UploadedEvent
{
    /// <returns><see langword="null"/> when the message is none: a retry, a re-run, an analysis after a change of metadata, a replayed dead letter, or another message.</returns>
    public static ImageEvent? From(OutboxMessage message)
    {
        if (message is not { RoutingKey: ImagesExchange.Keys.Uploaded, Body: null })
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<AnalysisRequest>(message.Payload) is { IsNewContent: true, Sha256: not null } request ? From(request, message.CreatedAt) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ImageEvent From(AnalysisRequest request, DateTimeOffset createdAt) => new()
    {
        EventId = IdOf(request),
        Type = ImagesExchange.Keys.Uploaded,
        ImageId = request.ImageId,
        UserId = request.UserId,
        Version = request.Version,
        OccurredAt = createdAt,
    };

    /// <summary>
    /// The same for every request about the same content (RFC 9562, 5.8), because a message may be published twice. Consumers drop the second.
    /// </summary>
    private static Guid IdOf(AnalysisRequest request)
    {
        var id = SHA256.HashData(Encoding.UTF8.GetBytes($"{ImagesExchange.Keys.Uploaded}:{request.ImageId}:{request.Version}:{request.Sha256}")).AsSpan(0, 16);
        id[6] = (byte)((id[6] & 0x0f) | 0x80);
        id[8] = (byte)((id[8] & 0x3f) | 0x80);

        return new Guid(id, bigEndian: true);
    }
}
