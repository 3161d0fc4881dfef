using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Accounts.Audit;

/// <summary>An action in a user's name that the user may want to know about. Rows never change and never hold a secret.</summary>
internal sealed class AuditEvent
{
    public long Id { get; init; }

    public required long UserId { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="AuditAction"/>.</summary>
    public required string Action { get; init; }

    /// <summary>The id of the image, key, session, share, re-run, comparison or dead letter that was changed.</summary>
    public long? Subject { get; init; }

    /// <summary>The client's IP address, as the gateway saw it.</summary>
    public string? Address { get; init; }
}

internal static class AuditAction
{
    public const string SignIn = "sign_in";
    public const string SignInFailed = "sign_in_failed";
    public const string ImageDeleted = "image_deleted";
    public const string ImageMerged = "image_merged";
    public const string ImageRestored = "image_restored";
    public const string KeyCreated = "key_created";
    public const string KeyRevoked = "key_revoked";
    public const string SessionOpened = "session_opened";
    public const string SessionEnded = "session_ended";
    public const string ShareCreated = "share_created";
    public const string ShareRevoked = "share_revoked";
    public const string AnalysisRepeated = "analysis_repeated";
    public const string RerunStarted = "rerun_started";
    public const string RerunPaused = "rerun_paused";
    public const string RerunResumed = "rerun_resumed";
    public const string RerunCancelled = "rerun_cancelled";
    public const string ComparisonStarted = "comparison_started";
    public const string ComparisonCancelled = "comparison_cancelled";
    public const string DeadLetterReplayed = "dead_letter_replayed";
    public const string DeadLettersReplayed = "dead_letters_replayed";
    public const string DeadLetterDeleted = "dead_letter_deleted";
}

internal sealed class AuditEventMapping : IEntityTypeConfiguration<AuditEvent>
{
    public void Configure(EntityTypeBuilder<AuditEvent> audit)
    {
        audit.ToTable("audit_events");
        audit.Property(a => a.Id).UseIdentityAlwaysColumn();
        audit.Property(a => a.At).HasDefaultValueSql("now()");
        audit.Property(a => a.Action).HasMaxLength(32);
        audit.Property(a => a.Address).HasMaxLength(64);
        audit.HasIndex(a => new { a.UserId, a.Id });
    }
}
