//! The packs that come with the program, built into it.

use super::PackSource;

macro_rules! files {
    ($folder:literal: $($file:literal),* $(,)?) => {
        vec![$(PackSource::new(
            concat!("packs/", $folder, "/", $file),
            include_str!(concat!("../../../../packs/", $folder, "/", $file)),
        )),*]
    };
}

/// What every installation knows: the core pack and those that build on it.
pub fn shipped_packs() -> Vec<PackSource> {
    let mut all = core_pack();
    all.extend(sales_pack());
    all.extend(key_accounts_pack());
    all
}

/// The sources of the core pack: accounts, contacts and what belongs to them.
pub fn core_pack() -> Vec<PackSource> {
    files![
        "core":
        "pack.toml",
        "account.toml",
        "contact.toml",
        "account_relation.toml",
        "interaction.toml",
        "task.toml",
        "note.toml",
        "attachment.toml",
        "tag.toml",
        "team_member.toml",
        "department.toml",
        "user.toml",
        "pool.toml",
        "pool_member.toml",
    ]
}

/// From a lead to a payment.
fn sales_pack() -> Vec<PackSource> {
    files![
        "sales":
        "pack.toml",
        "list_book.toml",
        "lead.toml",
        "opportunity.toml",
        "quote.toml",
        "contract.toml",
        "sales_order.toml",
        "payment_plan.toml",
        "payment.toml",
        "invoice.toml",
        "demand.toml",
        "commitment.toml",
        "visit.toml",
        "product.toml",
        "product_category.toml",
        "seller.toml",
        "price_book.toml",
        "price_book_entry.toml",
        "opportunity_line.toml",
        "opportunity_contact.toml",
        "opportunity_competitor.toml",
        "opportunity_split.toml",
        "quote_line.toml",
        "sales_order_line.toml",
        "pipeline.toml",
        "pipeline_stage.toml",
        "deal_reason.toml",
        "target.toml",
        "tier_scheme.toml",
        "tier.toml",
        "account_tier.toml",
        "assignment_rule.toml",
        "assignment_member.toml",
        "account_sales.toml",
        "interaction_sales.toml",
        "task_sales.toml",
        "interaction_visit.toml",
        "lead_calendar.toml",
        "web_form.toml",
        "lead_web_form.toml",
    ]
}

/// Rosters, statements, plans of key accounts.
fn key_accounts_pack() -> Vec<PackSource> {
    files![
        "key_accounts":
        "pack.toml",
        "roster.toml",
        "roster_entry.toml",
        "account_plan.toml",
        "account_plan_action.toml",
        "product_notice.toml",
        "statement.toml",
        "statement_line.toml",
        "holding.toml",
        "roster_role.toml",
        "roster_requirement.toml",
        "account_key.toml",
        "contact_key.toml",
        "task_key.toml",
    ]
}
