namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>What became of one attempt.</summary>
internal sealed record SendResult
{
    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Duration { get; init; }

    public required string RequestHead { get; init; }

    /// <summary>Null for a success.</summary>
    public SendFault? Fault { get; init; }

    /// <summary>Null without an answer.</summary>
    public int? Status { get; init; }

    public string? ResponseHead { get; init; }

    /// <summary>The pause that the receiver asked for with a 429 or 503.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool IsSuccess => Fault is null;

    /// <summary>Standard Webhooks: the receiver wants no more of them.</summary>
    public bool IsGone => Status is StatusCodes.Status410Gone;
}

/// <param name="Reason">One of a few words, for metrics and logs.</param>
/// <param name="Sentence">For the owner.</param>
internal sealed record SendFault(string Reason, string Sentence);
